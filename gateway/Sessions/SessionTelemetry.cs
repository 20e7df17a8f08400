using Gateway.Adaptation;
using Gateway.Responses;
using Gateway.Responses.History;
using Gateway.Rollout;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Telemetry.Events;

namespace Gateway.Sessions;

/// <summary>Turns what happens to sessions into metrics and events, so that every source of it (creates, requests, CMCD, clients' reports) is counted in one place.</summary>
internal sealed class SessionTelemetry(SessionMetrics metrics, AdaptationMetrics adaptation, EventLog events, TimeProvider time)
{
    /// <summary>The page and its player load before they request a session.</summary>
    private static readonly TimeSpan LongestBeforeSession = TimeSpan.FromSeconds(30);

    /// <summary>Where <see cref="Since"/> begins.</summary>
    public long Timestamp => time.GetTimestamp();

    public DateTimeOffset Now => time.GetUtcNow();

    public TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    public void CreateSucceeded(in SessionCreateEvent created)
    {
        metrics.CreateEnded(OpenVerdict.Opened);
        if (events.Enabled) events.Write(created);
    }

    /// <summary>A session that was requested by its URL has begun, or has been refused.</summary>
    /// <param name="who">The correlation of its request.</param>
    /// <param name="verdict">How it ended.</param>
    /// <param name="path">Upstream's path of what was asked for.</param>
    /// <param name="engine">How it is played.</param>
    /// <param name="took">Time from the request on.</param>
    public void PlayEnded(in Correlation who, OpenVerdict verdict, string path, PlaybackEngine engine, TimeSpan? took = null)
    {
        metrics.CreateEnded(verdict);
        if (!events.Enabled) return;
        var isOpened = verdict == OpenVerdict.Opened;
        events.Write(new SessionCreateEvent(isOpened ? EventStatus.Success : EventStatus.Reject, took, who)
        {
            Path = path,
            SourceType = "library",
            Engine = SessionMetrics.Label(engine),
            Reason = isOpened ? null : SessionMetrics.Label(verdict),
        });
    }

    public void CreateRefused(in SessionCreateEvent refused)
    {
        metrics.CreateEnded(refused.Reason ?? "refused");
        if (events.Enabled) events.Write(refused);
    }

    /// <summary>A handoff has ended at the gateway.</summary>
    public void HandedOff(string outcome, TimeSpan took, in HandoffEvent what)
    {
        metrics.HandedOff(outcome, took);
        events.Write(what);
    }

    public void Tell(in HandoffEvent what) => events.Write(what);

    /// <summary>A media request of a session.</summary>
    public void Asked(SessionState session, CmcdReport? report, TimeSpan? start, TimeSpan? duration)
    {
        var change = session.Playhead.Asked(report, start, duration, time.GetUtcNow());
        Count(session, change);
        if (session.Adapted?.EstimateKbps is { } estimate) metrics.Measured((int)Math.Min(estimate, int.MaxValue));
        else if (report?.ThroughputKbps is > 0 and var kbps) metrics.Measured(kbps);
    }

    public void Heartbeat(SessionState session, double positionSec, bool isPlaying, double bufferedUntilSec)
    {
        var now = time.GetUtcNow();
        Count(session, session.Playhead.Heartbeat(positionSec, isPlaying, bufferedUntilSec, now));
        session.Tracker.Paused(!isPlaying, now);
    }

    /// <summary>The client's own report of a stall.</summary>
    public void StallReported(SessionState session)
    {
        if (!session.Playhead.StallReported(time.GetUtcNow())) return;
        metrics.Stalled(session.Engine);
        Mark(session, HistoryKind.Stalled, reason: "client");
    }

    public void StallEndReported(SessionState session, TimeSpan stalled)
    {
        var age = time.GetUtcNow() - session.CreatedAt;
        session.Observed.Stalled(stalled < age ? stalled : age);
        metrics.Stalled(session.Engine, session.Playhead.StallEndReported(stalled, age));
        Mark(session, HistoryKind.Recovered, stalled, "client");
    }

    /// <summary>The client's own report of its start. It began before the session did, but not long before.</summary>
    public void Started(SessionState session, TimeSpan took, StartParts? parts = null)
    {
        // A failed start-up can be reported (FailedStarts), but never as a successful one.
        if (session.Playhead.Snapshot.State == PlaybackState.Stopped || !session.MayReport(time.GetUtcNow())) return;
        var longest = time.GetUtcNow() - session.CreatedAt + LongestBeforeSession;
        if (took > longest) took = longest;
        session.Observed.Started(took);
        if (session.History is { } history) history.Start ??= parts;
        Mark(session, HistoryKind.Started, took);
        metrics.Started(session.Engine, took);
    }

    /// <summary>The client's own report of a failed start.</summary>
    public void StartFailed(SessionState session, string stage, string reason)
    {
        if (!session.MayReport(time.GetUtcNow())) return;
        session.Observed.StartFailed(reason);
        Mark(session, HistoryKind.StartFailed, reason: reason);
        metrics.StartFailed(stage, reason);
    }

    /// <summary>The client's own report of a failed handoff.</summary>
    /// <returns>Whether it counts.</returns>
    public bool HandoffFailed(SessionState session, string outcome)
    {
        if (!session.MayReport(time.GetUtcNow())) return false;
        metrics.HandedOff(outcome, null);
        return true;
    }

    public void Ended(SessionState session, SessionEnding ending)
    {
        session.Adapted?.Ended();
        Mark(session, HistoryKind.Ended, reason: Label(ending));
        var snapshot = session.Playhead.Snapshot;
        var counts = session.Counts;
        var kbps = snapshot.Watched > TimeSpan.Zero ? counts.Bytes * 8 / 1000d / snapshot.Watched.TotalSeconds : (double?)null;
        if (kbps is { } delivered) metrics.Delivered(delivered);
        if (kbps is { } average && session.Adapted is { HasLadder: true, IsAuto: false } adapted) adaptation.Ended(adapted.IsUntouched, snapshot.Watched, snapshot.Stalled, average);
        if (!events.Enabled) return;
        events.Write(new SessionEndEvent(new Correlation(session.Id.ToString("N")))
        {
            Path = session.Entry.Path,
            Status = EventStatus.Success,
            Engine = SessionMetrics.Label(session.Engine),
            Reason = Label(ending),
            Duration = session.LastActivity - session.CreatedAt,
            PlaybackSec = snapshot.Watched.TotalSeconds,
            BufferingEvents = snapshot.Stalls,
            TotalBufferTimeSec = snapshot.Stalled.TotalSeconds,
            QualitySwitches = snapshot.QualitySwitches + (session.Adapted?.Switches ?? 0),
            AverageBitrateKbps = kbps,
            SegmentsFetched = counts.FromOrigin,
            SegmentsFromCache = counts.FromCache + counts.FromBuffer,
            ErrorCount = (int)Math.Min(counts.Failed, int.MaxValue),
        });
    }

    private void Count(SessionState session, in PlayheadChange change)
    {
        var engine = session.Engine;
        if (change.Watched > TimeSpan.Zero) metrics.Watched(engine, change.Watched);
        if (change.SwitchedFromKbps > 0) Switched(session, change);
        if (change.Stall == StallSign.Nothing) return;
        if (change.Stall is StallSign.Began or StallSign.Passed)
        {
            metrics.Stalled(engine);
            Mark(session, HistoryKind.Stalled, reason: "cmcd");
            Tell(session, RebufferStep.Started, null);
        }

        if (change.Stall is StallSign.Ended or StallSign.Passed)
        {
            metrics.Stalled(engine, change.Stalled);
            Mark(session, HistoryKind.Recovered, change.Stalled, "cmcd");
            Tell(session, RebufferStep.Recovered, change.Stalled);
        }
    }

    private void Switched(SessionState session, in PlayheadChange change)
    {
        var up = change.SwitchedToKbps > change.SwitchedFromKbps;
        adaptation.Switched(up, "client");
        session.History?.Add(new HistoryEntry { Kind = HistoryKind.Switched, At = Now.UtcTicks, FromKbps = change.SwitchedFromKbps, Kbps = change.SwitchedToKbps, Reason = "client", BufferMs = -1, MediaSec = float.NaN });
        if (!events.Enabled) return;
        events.Write(new QualitySwitchEvent(new Correlation(session.Id.ToString("N")))
        {
            Path = session.Entry.Path,
            FromProfile = $"{change.SwitchedFromKbps} kbps",
            ToProfile = $"{change.SwitchedToKbps} kbps",
            Direction = up ? "up" : "down",
            Reason = "client",
        });
    }

    private void Tell(SessionState session, RebufferStep step, TimeSpan? stalled)
    {
        if (!events.Enabled) return;
        events.Write(new RebufferEvent(step, new Correlation(session.Id.ToString("N")))
        {
            Path = session.Entry.Path,
            Engine = SessionMetrics.Label(session.Engine),
            DurationMs = stalled?.TotalMilliseconds,
            Source = session.Counts.LastSource is { } source ? MediaFields.Label(source) : null,
            SeenBy = "cmcd",
        });
    }

    private void Mark(SessionState session, HistoryKind kind, TimeSpan took = default, string? reason = null) => session.History?.Add(new HistoryEntry
    {
        Kind = kind,
        At = Now.UtcTicks,
        TookMs = HistoryEntry.Milliseconds(took),
        Reason = reason,
        MediaSec = (float)session.Playhead.Snapshot.ShownSec,
        BufferMs = -1,
    });

    internal static string Label(SessionEnding ending) => ending switch
    {
        SessionEnding.Client => "client",
        SessionEnding.Idle => "idle",
        SessionEnding.Expired => "expired",
        _ => "revoked",
    };
}
