using Gateway.Access;
using Gateway.Origin;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Operators;

/// <summary>What operators see beside sessions and the cache: the origins, and the page that shows all of it.</summary>
internal static class OperatorRoutes
{
    private static readonly PathString Page = "/admin";

    /// <summary>
    /// The operator's page is for whom the operators' routes are for. A browser cannot send the key with the page itself, so with a key
    /// configured everybody gets the empty page, which asks for the key and sends it with every look at the data.
    /// </summary>
    public static void UseOperatorPage(this WebApplication app)
    {
        var door = app.Services.GetRequiredService<AdminDoor>();
        var refuse = app.Services.GetRequiredService<Door>();
        if (app.Services.GetRequiredService<AdminOptions>().ApiKey.Length > 0) return;
        app.Use((context, next) =>
            !context.Request.Path.StartsWithSegments(Page, StringComparison.OrdinalIgnoreCase) || door.IsOperator(context)
                ? next(context)
                : refuse.RefuseAsync(context, AccessDenial.Admin));
    }

    public static void MapOperators(this WebApplication app)
    {
        var admin = app.MapGroup("/admin").ForOperatorsOnly();
        admin.MapGet("/origins", (IProxyStateLookup clusters, DestinationCircuits circuits) =>
            TypedResults.Json(PicturesOf(clusters, circuits), OperatorJson.Default.DestinationPictureArray));
    }

    private static DestinationPicture[] PicturesOf(IProxyStateLookup clusters, DestinationCircuits circuits)
    {
        var pictures = new List<DestinationPicture>();
        foreach (var cluster in clusters.GetClusters())
        {
            foreach (var destination in cluster.DestinationsState.AllDestinations)
            {
                pictures.Add(new DestinationPicture
                {
                    Cluster = cluster.ClusterId,
                    Destination = destination.DestinationId,
                    Address = WithoutCredentials(destination.Model.Config.Address),
                    Active = Word(destination.Health.Active),
                    Passive = Word(destination.Health.Passive),
                    CircuitOpen = circuits.IsOpen(destination),
                    InFlight = destination.ConcurrentRequestCount,
                });
            }
        }

        return [.. pictures.OrderBy(p => p.Cluster, StringComparer.Ordinal).ThenBy(p => p.Destination, StringComparer.Ordinal)];
    }

    private static string WithoutCredentials(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "";

    private static string Word(DestinationHealth health) => health switch
    {
        DestinationHealth.Healthy => "healthy",
        DestinationHealth.Unhealthy => "unhealthy",
        _ => "unknown",
    };
}
