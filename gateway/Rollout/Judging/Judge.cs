using System.Globalization;

namespace Gateway.Rollout.Judging;

/// <summary>
/// Compares a wave with its concurrent control. It knows no clock and keeps nothing: a verdict follows from the counts alone, at any time and as often as one likes, since every
/// test in it holds at all times together. Its methods may be called by several threads at once, each with a state of its own.
/// </summary>
/// <remarks>
/// <para>1. The sample ratio is looked at first; when it is wrong nothing is promoted, and only evidence that needs no share counts.</para>
/// <para>2. Any metric whose evidence reaches 1/α reverts; α is spent over waves and metrics (<see cref="AlphaSpending"/>).</para>
/// <para>3. Promotion needs every metric's bound within its margin and the absolute gates passed.</para>
/// <para>4. Everything else holds.</para>
/// </remarks>
internal sealed class Judge
{
    private readonly JudgePlan _plan;
    private readonly IJudgedMetric[] _metrics;
    private readonly double _logSampleRatioLimit;

    /// <exception cref="ArgumentException">The plan is wrong; the message says where.</exception>
    public Judge(JudgePlan plan)
    {
        if (plan.Errors() is [var first, ..]) throw new ArgumentException(first, nameof(plan));
        _plan = plan;
        _logSampleRatioLimit = -Math.Log(plan.SampleRatioAlpha);
        _metrics =
        [
            new HarmMetric(plan, Harm.CreateFailed, "Sessions that could not be made", AlphaSpending.CreateFailedPart, plan.CreateFailedMargin),
            new HarmMetric(plan, Harm.StartupBad, "Start-ups that failed or took over 2.5 s", AlphaSpending.StartupBadPart, plan.StartupBadMargin),
            new HarmMetric(plan, Harm.Stalled, "Sessions with a stall over 0.5 s", AlphaSpending.StalledPart, plan.StalledMargin),
            new HarmMetric(plan, Harm.HandoffLost, "Sessions lost at a handoff", AlphaSpending.HandoffLostPart, plan.HandoffLostMargin),
            new HarmMetric(plan, Harm.Interrupted, "Sessions interrupted by a deploy", AlphaSpending.InterruptedPart, plan.InterruptedMargin),
            new StallRatioMetric(plan),
            new StartupMetric(plan, 0.5, plan.Gates.MaxP50Ms),
            new StartupMetric(plan, 0.95, plan.Gates.MaxP95Ms),
        ];
    }

    /// <summary>One look, by a judge that is made for it.</summary>
    public static Verdict Of(JudgePlan plan, JudgeState state) => new Judge(plan).Look(state);

    /// <summary>
    /// A look at a stage that everybody eligible is in, or nobody: there is no control group, so nothing is compared and nothing is reverted by comparison. The absolute gates alone say whether it may go on, and it says so.
    /// </summary>
    /// <param name="state">The counts.</param>
    /// <param name="share">The wave's share of the eligible sessions, 0 or 1 or nearly so.</param>
    /// <param name="gates">The gates; null for the usual ones.</param>
    public static Verdict WithoutControl(JudgeState state, double share, StartupGates? gates = null)
    {
        var outcomes = (gates ?? new StartupGates()).Judge(state.Treatment);
        string[] missing = [.. outcomes.Where(static g => !g.HasPassed).Select(static g => $"Gate {g.Name}: {g.Text}.")];
        return new Verdict
        {
            Decision = missing.Length == 0 ? Decision.Promote : Decision.Hold,
            Trigger = null,
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing is compared: the wave has {MetricText.Percent(share)} of the eligible sessions, so there is no control group. The absolute gates and the four triggers alone watch it; {(missing.Length == 0 ? "every gate is passed" : $"{missing.Length} of {outcomes.Count} gates are not passed")} after {state.Treatment.Sessions} sessions."),
            Missing = missing,
            Evidence = [],
            Gates = outcomes,
            SampleRatio = null,
            Wave = state.Wave,
        };
    }

    /// <summary>Whether the evidence reverts the wave: what <see cref="Look"/> would say, without telling why.</summary>
    public bool IsReverting(JudgeState state)
    {
        var isShareKept = LogSampleRatio(state) < _logSampleRatioLimit;
        foreach (var metric in _metrics)
        {
            if (metric.IsReverting(state, isShareKept)) return true;
        }

        return false;
    }

    /// <exception cref="ArgumentException">The state is of another wave than the plan.</exception>
    public Verdict Look(JudgeState state)
    {
        if (state.Wave != _plan.Wave) throw new ArgumentException($"The plan is for wave {_plan.Wave}, and these are counts of wave {state.Wave}.", nameof(state));
        var ratio = SampleRatioOf(state);
        MetricEvidence[] evidence = [.. _metrics.Select(m => m.Judge(state, ratio.IsKept))];
        var gates = _plan.Gates.Judge(state.Treatment);
        var trigger = evidence.Where(static e => e.IsReverting).MaxBy(static e => e.LogEvidence - e.LogLimit);
        string[] missing =
        [
            .. ratio.IsKept ? (string[])[] : [ratio.Text],
            .. gates.Where(static g => !g.HasPassed).Select(static g => $"Gate {g.Name}: {g.Text}."),
            .. evidence.Where(static e => !e.IsWithinMargin).Select(static e => e.Text),
        ];
        var decision = trigger is not null ? Decision.Revert : missing.Length == 0 ? Decision.Promote : Decision.Hold;
        return new Verdict
        {
            Decision = decision,
            Trigger = trigger?.Metric,
            Summary = decision switch
            {
                Decision.Revert => $"Revert: the wave does harm. {trigger!.Text}",
                Decision.Promote => string.Create(CultureInfo.InvariantCulture, $"Promote: after {state.Sessions} sessions the harm is within the margin in every metric, and every gate is passed."),
                _ => string.Create(CultureInfo.InvariantCulture, $"Hold: after {state.Sessions} sessions no harm is shown, and {missing.Length} of {evidence.Length + gates.Count + 1} conditions of promotion are not met yet. {missing[0]}"),
            },
            Missing = missing,
            Evidence = evidence,
            Gates = gates,
            SampleRatio = ratio,
            Wave = _plan.Wave,
        };
    }

    private double LogSampleRatio(JudgeState state) => SampleRatio.LogEvidence(state.Treatment.Sessions, state.Control.Sessions, _plan.Share);

    private SampleRatioOutcome SampleRatioOf(JudgeState state)
    {
        var (treatment, control) = (state.Treatment.Sessions, state.Control.Sessions);
        var log = LogSampleRatio(state);
        var share = state.Sessions == 0 ? 0 : (double)treatment / state.Sessions;
        var text = log < _logSampleRatioLimit
            ? $"Sample ratio as planned: {treatment} sessions in the wave and {control} in control."
            : $"Sample ratio wrong: {MetricText.Percent(share)} of the sessions came to the wave, and {MetricText.Percent(_plan.Share)} were planned (evidence {MetricText.Odds(log)}). Find out where sessions are lost, doubled or dealt otherwise before believing any comparison.";
        return new SampleRatioOutcome(treatment, control, _plan.Share, log, _logSampleRatioLimit, text);
    }
}
