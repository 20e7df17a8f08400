namespace TranscoderStub.Requests;

internal static class RequestLogEndpoints
{
    /// <summary>Records everything but the stub's own controls below <c>/_stub</c>.</summary>
    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<RequestLog>();
        app.Use(async (context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/_stub", StringComparison.Ordinal)) log.Record(context.Request);
            await next(context);
        });
    }

    public static void MapRequestLog(this WebApplication app)
    {
        app.MapGet("/_stub/requests", (RequestLog log) => log.Snapshot());
        app.MapDelete("/_stub/requests", (RequestLog log) =>
        {
            log.Clear();
            return TypedResults.NoContent();
        });
    }
}
