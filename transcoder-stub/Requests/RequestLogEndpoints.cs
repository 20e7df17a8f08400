using TranscoderStub.Faults;

namespace TranscoderStub.Requests;

internal static class RequestLogEndpoints
{
    /// <summary>Records everything but the stub's own controls below <c>/_stub</c>.</summary>
    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<RequestLog>();
        app.Use(async (context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/_stub", StringComparison.Ordinal))
            {
                await next(context);
                return;
            }

            var entry = log.Record(context.Request);
            var body = context.Response.Body;
            context.Response.Body = new SlicedBody(body, async (bytes, stop) =>
            {
                await body.WriteAsync(bytes, stop);
                entry.Sent(bytes.Length);
            });
            try
            {
                await next(context);
            }
            finally
            {
                entry.End(context.Response.StatusCode, context.RequestAborted.IsCancellationRequested && !RefuseFault.Ended(context));
            }
        });
    }

    public static void MapRequestLog(this IEndpointRouteBuilder app)
    {
        app.MapGet("/_stub/requests", (RequestLog log) => log.Snapshot());
        app.MapDelete("/_stub/requests", (RequestLog log) =>
        {
            log.Clear();
            return TypedResults.NoContent();
        });
    }
}
