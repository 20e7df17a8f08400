using Gateway.Sessions.Registry;

namespace Gateway;

/// <summary>
/// While the gateway drains, each answer is the last on its connection (HTTP/1.1 <c>Connection: close</c>, HTTP/2 GOAWAY): the next request makes a new one, which a balancer of connections, or DNS, leads to
/// another gateway. Answers under way are not touched.
/// </summary>
internal static class DrainingConnections
{
    public static void UseDrainingConnections(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use((context, next) =>
        {
            if (drain.IsDraining) context.Connection.RequestClose();
            return next(context);
        });
    }
}
