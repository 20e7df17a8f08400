using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Segments;
using Gateway.Telemetry.Events;

namespace Gateway.Manifests;

/// <summary>Telemetry of the manifest handler: the metrics, and one event per request.</summary>
internal sealed class ManifestTelemetry(ManifestMetrics metrics, EventLog events)
{
    public void Ended(HttpContext context, PlaybackRequest request, StreamingProtocol protocol, ManifestOutcome outcome, TimeSpan took)
    {
        metrics.Ended(protocol, outcome, took);
        request.Counts.Fetched(outcome != ManifestOutcome.ClientGone && StatusOf(outcome) == EventStatus.Error);
        if (outcome is not (ManifestOutcome.Served or ManifestOutcome.NotModified or ManifestOutcome.ClientGone)) request.Counts.NotServed();
        if (!events.Enabled) return;
        var correlation = Correlation.From(context.Request.Headers, request.SessionId.ToString("N"));
        events.Write(new ManifestFetchEvent(StatusOf(outcome), took, correlation)
        {
            Path = request.Address.Path,
            Protocol = protocol == StreamingProtocol.File ? null : SegmentMetrics.Label(protocol),
            HttpStatus = context.Response.StatusCode,
            Reason = outcome is ManifestOutcome.Served or ManifestOutcome.NotModified ? null : ManifestMetrics.Label(outcome),
        });
    }

    private static EventStatus StatusOf(ManifestOutcome outcome) => outcome switch
    {
        ManifestOutcome.Served or ManifestOutcome.NotModified => EventStatus.Success,
        ManifestOutcome.NotFound or ManifestOutcome.Refused => EventStatus.Reject,
        _ => EventStatus.Error,
    };
}
