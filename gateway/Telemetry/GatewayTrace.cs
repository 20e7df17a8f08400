using System.Diagnostics;

namespace Gateway.Telemetry;

/// <summary>
/// The gateway's own spans, children of the request's. Each method returns null, and costs one check, when nobody listens.
/// </summary>
/// <remarks>Dispose the span when the step ends. Tags are values of closed sets and numbers; no URL, no ticket.</remarks>
internal static class GatewayTrace
{
    public const string SourceName = "Gateway";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Deciding whether the caller may have the path.</summary>
    public static Activity? Access() => Source.StartActivity("access");

    /// <summary>Finding an entry in the cache, or joining or starting the fetch that fills it.</summary>
    public static Activity? Cache() => Source.StartActivity("cache");

    /// <summary>One attempt upstream; a retry is a span of its own.</summary>
    /// <param name="cluster">Configured cluster.</param>
    /// <param name="purpose"><c>demand</c>, <c>prefetch</c>, <c>manifest</c>.</param>
    public static Activity? OriginAttempt(string cluster, string purpose)
    {
        var span = Source.StartActivity("origin attempt");
        if (span is not { IsAllDataRequested: true }) return span;
        return span.SetTag("gateway.cluster", cluster).SetTag("gateway.purpose", purpose);
    }

    /// <summary>Rewriting a manifest.</summary>
    /// <param name="protocol"><c>hls</c> or <c>dash</c>.</param>
    public static Activity? Rewrite(string protocol)
    {
        var span = Source.StartActivity("rewrite");
        return span is { IsAllDataRequested: true } ? span.SetTag("gateway.protocol", protocol) : span;
    }

    /// <summary>Outcome of the step, the same value as in the metric.</summary>
    public static void Ended(this Activity? span, string outcome, bool failed = false)
    {
        if (span is not { IsAllDataRequested: true }) return;
        span.SetTag("gateway.outcome", outcome);
        if (failed) span.SetStatus(ActivityStatusCode.Error, outcome);
    }
}
