using System.Diagnostics;
using Gateway.Telemetry.Events;

namespace Gateway.Telemetry;

/// <summary>
/// Describes the server's span of a request. The framework's own description would hold the path, and with it the ticket: here the route's
/// template stands in its place, and the query is left out altogether.
/// </summary>
/// <remarks>In the pipeline only when traces are exported.</remarks>
internal sealed class RequestSpanMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (Activity.Current is not { IsAllDataRequested: true } span)
        {
            await next(context);
            return;
        }

        var correlation = Correlation.From(context.Request.Headers, sessionId: null);
        if (correlation.StartupLoadId is { } load) span.SetTag("startup.load_id", load);
        if (correlation.StartupCorrelationId is { } id) span.SetTag("startup.correlation_id", id);
        span.SetTag("http.request.method", context.Request.Method);
        span.SetTag("url.scheme", context.Request.Scheme);
        try
        {
            await next(context);
        }
        finally
        {
            Describe(span, context);
        }
    }

    private static void Describe(Activity span, HttpContext context)
    {
        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status >= 500) span.SetStatus(ActivityStatusCode.Error);
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is not { } route) return;
        span.SetTag("http.route", route);
        span.DisplayName = $"{context.Request.Method} {route}";
    }
}
