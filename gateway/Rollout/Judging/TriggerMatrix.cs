using System.Globalization;

namespace Gateway.Rollout.Judging;

/// <summary>
/// The seed's four triggers, which ask for no comparison: absolute limits over a rolling window of 60 s, looked at every 3 s. Failures to create and to hand off have to be sustained; fetches that
/// users notice and interruptions in a deploy revert at the first look over their limit. None goes off while fewer than <see cref="TriggerLimits.MinViewers"/> viewers have met such a failure. Not safe for
/// several threads.
/// </summary>
internal sealed class TriggerMatrix(TriggerLimits limits)
{
    private int _createLooks;
    private int _handoffLooks;

    /// <summary>One look. Of several that go off it tells the first in the order of the matrix.</summary>
    public TriggerFiring? Look(TriggerWindow window)
    {
        var createLimit = Math.Max(limits.CreateFailureRate, limits.CreateFailureFactor * (limits.CreateFailureBaseline ?? 0));
        var handoffLimit = Math.Max(limits.HandoffFailureRate, limits.HandoffFailureFactor * (limits.HandoffFailureBaseline ?? 0));
        // Both counts go on whichever of them tells.
        var create = Sustained(ref _createLooks, window.CreateFailures, window.Creates, createLimit, window.CreateFailureViewers);
        var handoff = Sustained(ref _handoffLooks, window.HandoffFailures, window.Handoffs, handoffLimit, window.HandoffFailureViewers);
        if (create) return Fire("sessionCreateFailures", "of sessions could not be made", window.CreateFailures, window.Creates, createLimit, false);
        if (handoff) return Fire("handoffRecoveryFailures", "of handoffs failed", window.HandoffFailures, window.Handoffs, handoffLimit, false);
        if (IsOver(window.FetchFailures, window.Fetches, limits.FetchFailureRate, window.FetchFailureViewers))
            return Fire("segmentManifestInstability", "of manifest and segment requests failed", window.FetchFailures, window.Fetches, limits.FetchFailureRate, false);
        if (window.IsDeploying && IsOver(window.InterruptedSessions, window.ActiveSessions, limits.InterruptionRate, window.InterruptedViewers))
            return Fire("deploymentDisruption", "of active sessions were interrupted by the deploy", window.InterruptedSessions, window.ActiveSessions, limits.InterruptionRate, true);
        return null;
    }

    private bool Sustained(ref int looks, long failures, long events, double limit, IReadOnlyList<ulong> viewers)
    {
        looks = IsOver(failures, events, limit, viewers) ? Math.Min(looks + 1, limits.SustainedLooks) : 0;
        return looks >= limits.SustainedLooks;
    }

    private bool IsOver(long failures, long events, double limit, IReadOnlyList<ulong> viewers) => events >= limits.MinEvents && failures > limit * events && viewers.Count >= limits.MinViewers;

    private static TriggerFiring Fire(string trigger, string told, long failures, long events, double limit, bool onlyActiveWave)
    {
        var rate = (double)failures / events;
        return new TriggerFiring(
            trigger, rate, limit, onlyActiveWave,
            string.Create(CultureInfo.InvariantCulture, $"{MetricText.Percent(rate)} {told} ({failures} of {events} in the window; limit {MetricText.Percent(limit)})."));
    }
}
