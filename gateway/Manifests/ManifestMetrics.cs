using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Segments;

namespace Gateway.Manifests;

/// <summary>Instruments of the meter <c>Gateway.Manifests</c>.</summary>
internal sealed class ManifestMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _foreign;
    private readonly Counter<long> _parsed;
    private readonly Counter<long> _overlong;
    private readonly Counter<long> _unknown;

    public ManifestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Gateway.Manifests");
        _requests = meter.CreateCounter<long>("gateway.manifest.requests", description: "Requests for manifests, by how they ended.");
        _duration = meter.CreateHistogram<double>("gateway.manifest.duration", "s", "From the request for a manifest to its last byte.");
        _foreign = meter.CreateCounter<long>(
            "gateway.manifest.foreign_references", description: "References to hosts that are not configured, left as they are.");
        _parsed = meter.CreateCounter<long>("gateway.manifest.versions", description: "Versions of manifests that were parsed, each once for all who play it.");
        _overlong = meter.CreateCounter<long>(
            "gateway.manifest.overlong_lines", description: "Playlist lines that only the gateway's own path made longer than some players read.");
        _unknown = meter.CreateCounter<long>(
            "gateway.manifest.unknown_variables", description: "References in playlists with variables that nobody has defined, left as they are.");
        _overlong.Add(0);
        _unknown.Add(0);
    }

    public void Ended(StreamingProtocol protocol, ManifestOutcome outcome, TimeSpan duration)
    {
        var tags = new TagList { { "protocol", SegmentMetrics.Label(protocol) }, { "outcome", Label(outcome) } };
        _requests.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    public void LeftForeign(StreamingProtocol protocol, int references)
    {
        if (references > 0) _foreign.Add(references, KeyValuePair.Create("protocol", (object?)SegmentMetrics.Label(protocol)));
    }

    public void Parsed(StreamingProtocol protocol) => _parsed.Add(1, KeyValuePair.Create("protocol", (object?)SegmentMetrics.Label(protocol)));

    public void Rewritten(in HlsRewrite rewrite)
    {
        if (rewrite.OverlongLines > 0) _overlong.Add(rewrite.OverlongLines);
        if (rewrite.UnknownVariables > 0) _unknown.Add(rewrite.UnknownVariables);
    }

    public static string Label(ManifestOutcome outcome) => outcome switch
    {
        ManifestOutcome.Served => "served",
        ManifestOutcome.NotModified => "not_modified",
        ManifestOutcome.NotFound => "not_found",
        ManifestOutcome.OriginFailed => "origin_failed",
        ManifestOutcome.Invalid => "invalid",
        ManifestOutcome.TooLarge => "too_large",
        ManifestOutcome.Truncated => "truncated",
        ManifestOutcome.Refused => "refused",
        ManifestOutcome.Unlimitable => "unlimitable",
        ManifestOutcome.NoAuto => "no_auto",
        ManifestOutcome.Overloaded => "overloaded",
        _ => "client_gone",
    };
}
