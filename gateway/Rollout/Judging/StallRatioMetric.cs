using System.Globalization;

namespace Gateway.Rollout.Judging;

/// <summary>The mean of the sessions' stall ratios: what a session loses to stalls, where <see cref="Harm.Stalled"/> only asks whether it lost anything.</summary>
internal sealed class StallRatioMetric(JudgePlan plan) : IJudgedMetric
{
    private static readonly double[] Values = [.. Enumerable.Range(0, StallRatioScale.Bins).Select(StallRatioScale.Ratio)];

    private readonly double _logLimit = -Math.Log(AlphaSpending.OfWave(plan.Alpha, plan.Wave) * AlphaSpending.StallRatioPart);
    private readonly MeanDifference _difference = new(plan.Share, Values);

    public bool IsReverting(JudgeState state, bool isShareKept) => isShareKept && IsNoTrifle(state) && LogEvidence(state) >= _logLimit;

    public MetricEvidence Judge(JudgeState state, bool isShareKept)
    {
        var (treatment, control) = (Mean(state.Treatment), Mean(state.Control));
        var upper = _difference.Upper(plan.PromotionAlpha, state.Treatment.StallRatio.Counts, state.Control.StallRatio.Counts);
        // Without the planned share there is no fair bet.
        var log = isShareKept ? LogEvidence(state) : 0;
        return new MetricEvidence
        {
            Metric = "stallRatio",
            Unit = "share",
            Control = control,
            Treatment = treatment,
            LogEvidence = log,
            LogLimit = _logLimit,
            HarmUpper = upper,
            Margin = plan.StallRatioMargin,
            IsReverting = IsNoTrifle(state) && log >= _logLimit,
            IsWithinMargin = upper <= plan.StallRatioMargin,
            Text = string.Create(
                CultureInfo.InvariantCulture,
                $"Stall ratio: {MetricText.Percent(treatment ?? 0)} of the playing time in the wave, {MetricText.Percent(control ?? 0)} in control; evidence of harm {MetricText.Odds(log)}, reverts at {MetricText.Odds(_logLimit)}; harm at most {MetricText.Percent(upper)}, margin {MetricText.Percent(plan.StallRatioMargin)}."),
        };
    }

    private double LogEvidence(JudgeState state) => _difference.LogEvidence(state.Treatment.StallRatio.Counts, state.Control.StallRatio.Counts);

    private bool IsNoTrifle(JudgeState state) =>
        state.Treatment.StallRatio.Total - state.Treatment.StallRatio.Counts[0] >= plan.LeastHarmed && (Mean(state.Treatment) ?? 0) - (Mean(state.Control) ?? 0) >= plan.StallRatioMargin * plan.TriflePart;

    private static double? Mean(ArmTally arm)
    {
        if (arm.StallRatio.Total == 0) return null;
        var sum = 0.0;
        for (var bin = 1; bin < Values.Length; bin++) sum += Values[bin] * arm.StallRatio.Counts[bin];
        return sum / arm.StallRatio.Total;
    }
}
