using Gateway.Rollout;
using Gateway.Rollout.Cohorts;
using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;
using Gateway.Rollout.Watching;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Quality;

/// <summary>
/// Tells the roll-out what becomes of sessions: (1) of those whose engine was drawn by lot one outcome each, when they end or were observed long enough; (2) of those whose engine the gateway has chosen and
/// that play segmented what the triggers count: creates, handoffs, fetches, interruptions.
/// </summary>
/// <remarks>A session is counted by the node that owns it, and once: the first caller takes it. Fetches are counted by looking at the sessions' own counts, so a request costs nothing for it.</remarks>
internal sealed class SessionOutcomes(SessionRegistry sessions, RolloutWatch watch, RolloutSignals signals, WaveCounts counts, RolloutControl control, TimeProvider time) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        sessions.SessionEnded += Ended;
        watch.BeforeLook += Look;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        sessions.SessionEnded -= Ended;
        watch.BeforeLook -= Look;
        return Task.CompletedTask;
    }

    /// <summary>A create has ended.</summary>
    /// <param name="decision">What was drawn for it.</param>
    /// <param name="user">The credential's user; empty for nobody.</param>
    /// <param name="failed">By no fault of the client.</param>
    public void Created(in EngineDecision decision, string user, bool failed)
    {
        if (decision.Engine == PlaybackEngine.Segmented)
        {
            signals.Count(RolloutSignal.Create);
            if (failed) signals.Count(RolloutSignal.CreateFailure);
        }

        // A create that succeeded is counted with its session.
        if (failed && ArmOf(decision.Arm) is { } arm) counts.Add(decision.Wave, user, new SessionOutcome { Arm = arm, CreateFailed = true });
    }

    /// <summary>A handoff has ended.</summary>
    public void HandedOff(SessionState session, bool failed)
    {
        session.Observed.HandedOff();
        if (IsWatched(session))
        {
            signals.Count(RolloutSignal.Handoff);
            if (failed) signals.Count(RolloutSignal.HandoffFailure);
        }

        if (failed) Lost(session);
    }

    /// <summary>The player could not go on with what a handoff gave it.</summary>
    public void HandoffNotLoaded(SessionState session)
    {
        // The handoff itself was counted when it was answered. One player that repeats itself, or tells of a handoff that never was, is not the roll-out.
        if (session.Observed.HandoffReported(session.Parameters.Previous is not null) && IsWatched(session)) signals.Count(RolloutSignal.HandoffFailure);
        Lost(session);
    }

    /// <summary>Playback stopped though nobody has stopped it.</summary>
    public void Interrupted(SessionState session)
    {
        if (control.Current.DeployBeganAt is null || session.Parameters.Arm == RolloutArm.None) return;
        if (session.Observed.Interrupted() && IsWatched(session)) signals.CountInterruption(session.Id);
    }

    private static bool IsWatched(SessionState session) => session.Parameters is { Arm: not RolloutArm.None, Engine: PlaybackEngine.Segmented };

    private static Arm? ArmOf(RolloutArm arm) => arm switch
    {
        RolloutArm.Control => Arm.Control,
        RolloutArm.Treatment => Arm.Treatment,
        _ => null,
    };

    private void Lost(SessionState session)
    {
        session.Observed.LostAtHandoff();
        Interrupted(session);
    }

    private void Look()
    {
        var now = time.GetUtcNow();
        var longest = control.Options.ObservationTime;
        var active = 0L;
        foreach (var session in sessions.All)
        {
            if (session.Parameters.Arm == RolloutArm.None || !session.IsOwn) continue;
            if (IsWatched(session))
            {
                active++;
                TakeFetches(session);
            }

            if (now - session.CreatedAt >= longest) Count(session);
        }

        signals.SetActive(active);
    }

    private void Ended(SessionState session)
    {
        if (session.Parameters.Arm == RolloutArm.None || !session.IsOwn) return;
        if (IsWatched(session)) TakeFetches(session);
        Count(session);
    }

    private void TakeFetches(SessionState session)
    {
        var (fetches, faults) = session.Observed.TakeFetches(session.Counts.Fetches, session.Counts.Faults);
        signals.CountFetches(session.Id, fetches, faults);
    }

    private void Count(SessionState session)
    {
        var parameters = session.Parameters;
        if (ArmOf(parameters.Arm) is not { } arm || !session.Observed.TryCount(arm, session.Playhead.Snapshot, out var outcome)) return;
        counts.Add(parameters.Wave, parameters.IsNamed ? session.User : "", outcome);
    }
}
