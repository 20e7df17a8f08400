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

    /// <summary>A session was opened whose engine the gateway has chosen.</summary>
    /// <param name="decision">What was drawn for it.</param>
    /// <param name="viewer">Whose it is.</param>
    /// <param name="session">It takes its place in the comparison, and is counted when it ends.</param>
    public void Opened(in EngineDecision decision, in RolloutViewer viewer, SessionState session)
    {
        if (decision.Engine == PlaybackEngine.Segmented) signals.Count(RolloutSignal.Create, viewer, 1, 0);
        if (ArmOf(session.Parameters.Arm) is not null) session.Observed.Entered(counts.Enter(session.Parameters.Wave, viewer));
    }

    /// <summary>A session whose engine the gateway has chosen was not opened.</summary>
    /// <param name="decision">What was drawn for it.</param>
    /// <param name="viewer">Whose it would have been.</param>
    /// <param name="failed">By no fault of the client.</param>
    public void Refused(in EngineDecision decision, in RolloutViewer viewer, bool failed)
    {
        if (decision.Engine == PlaybackEngine.Segmented) signals.Count(RolloutSignal.Create, viewer, 1, failed ? 1 : 0);
        if (failed && ArmOf(decision.Arm) is { } arm) counts.Add(counts.Enter(decision.Wave, viewer), new SessionOutcome { Arm = arm, CreateFailed = true });
    }

    /// <summary>A handoff has ended.</summary>
    public void HandedOff(SessionState session, bool failed)
    {
        session.Observed.HandedOff();
        if (IsWatched(session)) signals.Count(RolloutSignal.Handoff, ViewerOf(session), 1, failed ? 1 : 0);

        if (failed) Lost(session);
    }

    /// <summary>The player could not go on with what a handoff gave it.</summary>
    public void HandoffNotLoaded(SessionState session)
    {
        // The handoff itself was counted when it was answered. One player that repeats itself, or tells of a handoff that never was, is not the roll-out.
        if (session.Observed.HandoffReported(session.Parameters.Previous is not null) && IsWatched(session)) signals.Count(RolloutSignal.Handoff, ViewerOf(session), 0, 1);
        Lost(session);
    }

    /// <summary>Playback stopped though nobody has stopped it.</summary>
    public void Interrupted(SessionState session)
    {
        if (control.Current.DeployBeganAt is null || session.Parameters.Arm == RolloutArm.None) return;
        if (session.Observed.Interrupted() && IsWatched(session)) signals.Count(RolloutSignal.Interruption, ViewerOf(session), 0, 1);
    }

    private static bool IsWatched(SessionState session) => session.Parameters is { Arm: not RolloutArm.None, Engine: PlaybackEngine.Segmented };

    public static RolloutViewer ViewerOf(SessionState session) => RolloutViewer.Of(session.Parameters.IsNamed ? session.User : "", session.Client);

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
        signals.Count(RolloutSignal.Fetch, ViewerOf(session), fetches, faults);
    }

    private void Count(SessionState session)
    {
        var parameters = session.Parameters;
        if (ArmOf(parameters.Arm) is not { } arm || !session.Observed.TryCount(arm, time.GetUtcNow() - session.CreatedAt, out var outcome)) return;
        if (session.Observed.Place is { } place) counts.Add(place, outcome);
    }
}
