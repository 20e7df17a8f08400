using Gateway.Live.Timeline;
using Gateway.Live.Work;
using Gateway.Telemetry.Events;

namespace Gateway.Live;

/// <summary>Counts and logs what happens to live sessions; every line has the session and the index.</summary>
internal sealed class LiveTelemetry(LiveMetrics metrics, EventLog log)
{
    public void Created(string session) => log.Write(new LiveEvent(LiveStep.SessionCreated, session, -1));

    public void Received(string session, int index, AcceptedChunk chunk, bool isLate, TimeSpan took)
    {
        metrics.Count(isLate ? ChunkOutcome.Late : ChunkOutcome.Received);
        metrics.Received(chunk.Length);
        log.Write(new LiveEvent(LiveStep.ChunkReceived, session, index, took) { Bytes = chunk.Length, Seconds = chunk.Seconds, Reason = isLate ? "late" : null });
    }

    public void Repeated() => metrics.Count(ChunkOutcome.Repeated);

    public void Refused(string session, int index, string reason)
    {
        metrics.Count(ChunkOutcome.Refused);
        log.Write(new LiveEvent(LiveStep.ChunkRefused, session, index) { Reason = reason });
    }

    public void Started(WorkItem item) => log.Write(new LiveEvent(LiveStep.ChunkStarted, item.Session, item.Index));

    public void Made(WorkItem item, TimeSpan took)
    {
        metrics.Count(ChunkOutcome.Processed);
        metrics.Called(CallOutcome.Made);
        metrics.Made(took);
        log.Write(new LiveEvent(LiveStep.ChunkMade, item.Session, item.Index, took));
    }

    public void CallFailed(CallOutcome outcome) => metrics.Called(outcome);

    public void Failed(WorkItem item, string reason, TimeSpan took)
    {
        metrics.Count(ChunkOutcome.Failed);
        log.Write(new LiveEvent(LiveStep.ChunkFailed, item.Session, item.Index, took) { Reason = reason });
    }

    public void PlaylistFailed() => metrics.PlaylistFailed();

    /// <summary>An entry is in the playlist.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="acceptedAt">When its chunk was confirmed; null for one that never came.</param>
    public void Listed(string session, TimelineEntry entry, DateTimeOffset? acceptedAt)
    {
        TimeSpan? after = acceptedAt is { } at ? entry.ListedAt - at : null;
        if (acceptedAt is null) metrics.Count(ChunkOutcome.Missed);
        else if (!entry.IsGap) metrics.Listed(after!.Value);
        log.Write(new LiveEvent(LiveStep.ChunkListed, session, entry.Index, after) { Seconds = entry.Seconds, Reason = entry.IsGap ? "gap" : null });
    }

    public void Ended(string session, string? by) => log.Write(new LiveEvent(LiveStep.SessionEnded, session, -1) { Reason = by });

    public void Closed(string session) => log.Write(new LiveEvent(LiveStep.SessionClosed, session, -1));
}
