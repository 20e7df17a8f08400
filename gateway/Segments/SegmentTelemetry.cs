using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Responses.History;
using Gateway.Telemetry.Events;
using Gateway.Timelines;

namespace Gateway.Segments;

/// <summary>Records segment requests: the session's counts, the metrics, and one event per request.</summary>
internal sealed class SegmentTelemetry(SegmentMetrics metrics, EventLog events, TimeProvider time)
{
    /// <summary>The response went out to its last byte (or needed none: 304, HEAD).</summary>
    public void Served(SegmentDelivery delivery)
    {
        var status = delivery.Context.Response.StatusCode;
        var total = time.GetElapsedTime(delivery.Started);
        var now = time.GetUtcNow();
        delivery.Request.Counts.Fetched(isFault: false);
        if (status is >= 200 and < 300)
        {
            delivery.Request.Counts.Served(delivery.Source, delivery.Bytes, now);
            metrics.Served(delivery.Source, delivery.Request.Tracker.Protocol, delivery.Bytes, delivery.FirstByte ?? total, total);
        }

        Write(delivery, status is >= 200 and < 400 ? EventStatus.Success : EventStatus.Reject, null, total, now);
    }

    /// <summary>Upstream gave nothing to send; the client got a problem document.</summary>
    /// <param name="tries">Requests sent upstream before the gateway gave up; 0 when none was sent.</param>
    public void Refused(SegmentDelivery delivery, ProblemCode problem, int tries)
    {
        var row = ProblemTable.Of(problem);
        delivery.Request.Counts.NotServed();
        // What is being made is refused by rule: nothing is broken.
        delivery.Request.Counts.Fetched(row.Status >= 500 && problem is not ProblemCode.AssetNotReady);
        metrics.Failed(row.Reason);
        Write(delivery, row.Status < 500 ? EventStatus.Reject : EventStatus.Error, row.Reason, time.GetElapsedTime(delivery.Started), time.GetUtcNow(), tries);
    }

    /// <summary>The response began and did not reach its end.</summary>
    public void Failed(SegmentDelivery delivery, SegmentEnding ending)
    {
        if (ending == SegmentEnding.OriginBrokeOff)
        {
            delivery.Request.Counts.NotServed();
            delivery.Request.Counts.Fetched(isFault: true);
        }

        var reason = ending == SegmentEnding.ClientAborted ? "client_aborted" : "origin_broke_off";
        metrics.Failed(reason);
        Write(delivery, EventStatus.Error, reason, time.GetElapsedTime(delivery.Started), time.GetUtcNow());
    }

    private void Write(SegmentDelivery delivery, EventStatus status, string? reason, TimeSpan took, DateTimeOffset now, int tries = 0)
    {
        var isWritten = events.WritesSegments(status);
        if (delivery.Request.History is null && !isWritten) return;
        var rendition = delivery.Request.Rendition;
        var kbps = delivery.Kbps > 0 ? delivery.Kbps : rendition.Kbps > 0 ? rendition.Kbps : delivery.Request.Cmcd?.BitrateKbps ?? 0;
        if (delivery.Request.History is { } history) history.Add(Entry(delivery, status, reason, rendition, kbps, took, now));
        if (!isWritten) return;
        var correlation = Correlation.From(delivery.Context.Request.Headers, delivery.Request.SessionId.ToString("N"));
        events.Write(new SegmentFetchEvent(status, took, correlation)
        {
            Path = delivery.Request.Address.Path,
            Rendition = delivery.Kbps > 0 ? RequestedRendition.NameOf(0, kbps) : rendition.Name,
            RenditionKbps = kbps > 0 ? kbps : null,
            Source = MediaFields.Label(delivery.Source),
            Protocol = SegmentMetrics.Label(delivery.Request.Tracker.Protocol),
            Bytes = delivery.Bytes,
            HttpStatus = delivery.Context.Response.StatusCode,
            Reason = reason,
            Attempts = tries > 0 ? tries : null,
        });
    }

    private HistoryEntry Entry(SegmentDelivery delivery, EventStatus status, string? reason, in RequestedRendition rendition, int kbps, TimeSpan took, DateTimeOffset now)
    {
        var request = delivery.Request;
        var isListed = request.Location.IsListed;
        var entry = isListed ? request.Entry : default;
        return new HistoryEntry
        {
            Kind = HistoryKind.Segment,
            At = now.UtcTicks,
            Media = rendition.Kind,
            Part = entry.Kind,
            Source = delivery.Bytes > 0 ? delivery.Source : null,
            Status = (short)delivery.Context.Response.StatusCode,
            Height = (short)rendition.Height,
            Kbps = kbps,
            Bytes = delivery.Bytes,
            TookMs = HistoryEntry.Milliseconds(took),
            FirstByteMs = HistoryEntry.Milliseconds(delivery.FirstByte ?? TimeSpan.Zero),
            LineKbps = (int)Math.Min(request.Adapted?.EstimateKbps ?? 0, int.MaxValue),
            WaitedMs = HistoryEntry.Milliseconds(delivery.WaitedForUpstream(time)),
            MediaSec = isListed && entry.Kind is not (EntryKind.Init or EntryKind.Key) ? (float)entry.Start.TotalSeconds : float.NaN,
            PlaysMs = HistoryEntry.Milliseconds(entry.Duration),
            BufferMs = request.Cmcd?.BufferMs ?? -1,
            Reason = reason,
            Name = status == EventStatus.Success ? null : HistoryEntry.NameOf(request.Address.Path),
        };
    }
}
