using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Telemetry;

/// <summary>
/// Tells the framework's request metrics and the request's span by which route a request came, where that is not decided by routing. The
/// template stands for the path: no ticket, no title, a handful of values in all.
/// </summary>
internal static class RouteName
{
    private const string Route = "http.route";

    public static void Tell(HttpContext context, string template)
    {
        // Absent when nobody collects the request metrics.
        context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new KeyValuePair<string, object?>(Route, template));
        if (Activity.Current is not { IsAllDataRequested: true } span) return;
        span.SetTag(Route, template);
        span.DisplayName = $"{context.Request.Method} {template}";
    }
}
