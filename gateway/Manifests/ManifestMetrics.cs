using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Segments;

namespace Gateway.Manifests;

/// <summary>Instruments of the meter <c>Gateway.Manifests</c>.</summary>
internal sealed class ManifestMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _foreign;

    public ManifestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Gateway.Manifests");
        _requests = meter.CreateCounter<long>("gateway.manifest.requests", description: "Requests for manifests, by how they ended.");
        _duration = meter.CreateHistogram<double>("gateway.manifest.duration", "s", "From the request for a manifest to its last byte.");
        _foreign = meter.CreateCounter<long>(
            "gateway.manifest.foreign_references", description: "References to hosts that are not configured, left as they are.");
    }

    public void Ended(StreamingProtocol protocol, ManifestOutcome outcome, TimeSpan duration)
    {
        var tags = new TagList { { "protocol", SegmentMetrics.Word(protocol) }, { "outcome", Word(outcome) } };
        _requests.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    public void LeftForeign(StreamingProtocol protocol, int references)
    {
        if (references > 0) _foreign.Add(references, KeyValuePair.Create("protocol", (object?)SegmentMetrics.Word(protocol)));
    }

    public static string Word(ManifestOutcome outcome) => outcome switch
    {
        ManifestOutcome.Served => "served",
        ManifestOutcome.NotModified => "not_modified",
        ManifestOutcome.NotFound => "not_found",
        ManifestOutcome.OriginFailed => "origin_failed",
        ManifestOutcome.Invalid => "invalid",
        ManifestOutcome.TooLarge => "too_large",
        ManifestOutcome.Truncated => "truncated",
        ManifestOutcome.Refused => "refused",
        _ => "client_gone",
    };
}
