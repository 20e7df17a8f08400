using Gateway.Problems;
using Gateway.Telemetry.Events;

namespace Gateway.Segments;

/// <summary>Keeps the books of the media room: the viewing's tally, the metrics, and one event per request.</summary>
internal sealed class SegmentAccounts(SegmentMetrics metrics, EventLog events, TimeProvider time)
{
    /// <summary>The response went out to its last byte (or needed none: 304, HEAD).</summary>
    public void Served(MediaVisit visit)
    {
        var status = visit.Context.Response.StatusCode;
        var total = time.GetElapsedTime(visit.Started);
        if (status is >= 200 and < 300)
        {
            visit.Request.Tally.Served(visit.Source, visit.Bytes);
            metrics.Served(visit.Source, visit.Request.Trail.Protocol, visit.Bytes, visit.FirstByte ?? total, total);
        }

        Write(visit, status is >= 200 and < 400 ? EventStatus.Success : EventStatus.Reject, null);
    }

    /// <summary>Upstream gave nothing to send; the client has its problem document.</summary>
    /// <param name="tries">How often upstream was asked before it was given up; 0 when it was not.</param>
    public void Refused(MediaVisit visit, ProblemCode problem, int tries)
    {
        var row = ProblemTable.Of(problem);
        visit.Request.Tally.NotServed();
        metrics.Failed(row.Reason);
        Write(visit, row.Status < 500 ? EventStatus.Reject : EventStatus.Error, row.Reason, tries);
    }

    /// <summary>The response began and did not reach its end.</summary>
    public void Failed(MediaVisit visit, SegmentEnding ending)
    {
        if (ending == SegmentEnding.OriginBrokeOff) visit.Request.Tally.NotServed();
        var reason = ending == SegmentEnding.ClientAborted ? "client_aborted" : "origin_broke_off";
        metrics.Failed(reason);
        Write(visit, EventStatus.Error, reason);
    }

    private void Write(MediaVisit visit, EventStatus status, string? reason, int tries = 0)
    {
        if (!events.Enabled) return;
        var correlation = Correlation.From(visit.Context.Request.Headers, visit.Request.SessionId.ToString("N"));
        events.Write(new SegmentFetchEvent(status, time.GetElapsedTime(visit.Started), correlation)
        {
            Segment = visit.Request.Address.Path,
            Source = MediaFields.Word(visit.Source),
            Protocol = SegmentMetrics.Word(visit.Request.Trail.Protocol),
            Bytes = visit.Bytes,
            HttpStatus = visit.Context.Response.StatusCode,
            Reason = reason,
            Attempts = tries > 0 ? tries : null,
        });
    }
}
