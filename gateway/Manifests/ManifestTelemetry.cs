using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Responses.History;
using Gateway.Segments;
using Gateway.Telemetry.Events;

namespace Gateway.Manifests;

/// <summary>Telemetry of the manifest handler: the metrics, and one event per request.</summary>
internal sealed class ManifestTelemetry(ManifestMetrics metrics, EventLog events, TimeProvider time)
{
    public void Ended(HttpContext context, PlaybackRequest request, StreamingProtocol protocol, ManifestOutcome outcome, TimeSpan took)
    {
        metrics.Ended(protocol, outcome, took);
        request.Counts.Fetched(outcome != ManifestOutcome.ClientGone && StatusOf(outcome) == EventStatus.Error);
        if (outcome is not (ManifestOutcome.Served or ManifestOutcome.NotModified or ManifestOutcome.ClientGone)) request.Counts.NotServed();
        if (request.History is { } history)
        {
            var rendition = request.Rendition;
            history.Add(new HistoryEntry
            {
                Kind = HistoryKind.Manifest,
                At = time.GetUtcNow().UtcTicks,
                Media = rendition.Kind,
                Status = (short)context.Response.StatusCode,
                Height = (short)rendition.Height,
                Kbps = rendition.Kbps,
                TookMs = HistoryEntry.Milliseconds(took),
                WaitedMs = HistoryEntry.Milliseconds(took),
                MediaSec = float.NaN,
                BufferMs = request.Cmcd?.BufferMs ?? -1,
                Reason = outcome is ManifestOutcome.Served or ManifestOutcome.NotModified ? null : ManifestMetrics.Label(outcome),
                Name = StatusOf(outcome) == EventStatus.Success ? null : HistoryEntry.NameOf(request.Address.Path),
            });
        }

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
