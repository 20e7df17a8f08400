using System.Globalization;
using System.Text.Json;

namespace Gateway.Rollout.Judging;

/// <summary>Sessions that suffered something, yes or no: <see cref="HarmEvidence"/> for reversion, <see cref="MeanDifference"/> over 0 and 1 for the bound.</summary>
internal sealed class HarmMetric : IJudgedMetric
{
    private readonly Harm _harm;
    private readonly string _told;
    private readonly double _margin;
    private readonly double _logLimit;
    private readonly JudgePlan _plan;
    private readonly HarmEvidence _evidence;
    private readonly MeanDifference _difference;

    /// <param name="plan">What the wave is judged by.</param>
    /// <param name="harm">What is looked at.</param>
    /// <param name="told">Its name in a sentence: "sessions …".</param>
    /// <param name="part">Of the wave's α.</param>
    /// <param name="margin">For promotion.</param>
    public HarmMetric(JudgePlan plan, Harm harm, string told, double part, double margin)
    {
        (_plan, _harm, _told, _margin) = (plan, harm, told, margin);
        _logLimit = -Math.Log(AlphaSpending.OfWave(plan.Alpha, plan.Wave) * part);
        _evidence = new HarmEvidence(plan.Share);
        _difference = new MeanDifference(plan.Share, [0, 1]);
    }

    public bool IsReverting(JudgeState state, bool isShareKept) =>
        IsNoTrifle(state)
        && _evidence.CanReach(_logLimit, state.Treatment.Harmed(_harm), state.Control.Harmed(_harm), state.Treatment.Sessions, state.Control.Sessions)
        && LogEvidence(state, isShareKept) >= _logLimit;

    public MetricEvidence Judge(JudgeState state, bool isShareKept)
    {
        var (treatment, control) = (state.Treatment, state.Control);
        long[] byTreatment = [treatment.Sessions - treatment.Harmed(_harm), treatment.Harmed(_harm)];
        long[] byControl = [control.Sessions - control.Harmed(_harm), control.Harmed(_harm)];
        var upper = _difference.Upper(_plan.PromotionAlpha, byTreatment, byControl);
        var log = LogEvidence(state, isShareKept);
        var (rateTreatment, rateControl) = (Rate(treatment), Rate(control));
        return new MetricEvidence
        {
            Metric = JsonNamingPolicy.CamelCase.ConvertName(_harm.ToString()),
            Unit = "share",
            Control = rateControl,
            Treatment = rateTreatment,
            LogEvidence = log,
            LogLimit = _logLimit,
            HarmUpper = upper,
            Margin = _margin,
            IsReverting = IsNoTrifle(state) && log >= _logLimit,
            IsWithinMargin = upper <= _margin,
            Text = string.Create(
                CultureInfo.InvariantCulture,
                $"{_told}: {treatment.Harmed(_harm)} of {treatment.Sessions} in the wave ({MetricText.Percent(rateTreatment ?? 0)}), {control.Harmed(_harm)} of {control.Sessions} in control ({MetricText.Percent(rateControl ?? 0)}); evidence of harm {MetricText.Odds(log)}, reverts at {MetricText.Odds(_logLimit)}; harm at most {MetricText.Percent(upper)}, margin {MetricText.Percent(_margin)}."),
        };
    }

    private double LogEvidence(JudgeState state, bool isShareKept) =>
        _evidence.Log(state.Treatment.Harmed(_harm), state.Control.Harmed(_harm), state.Treatment.Sessions, state.Control.Sessions, isShareKept);

    private bool IsNoTrifle(JudgeState state) => state.Treatment.Harmed(_harm) >= _plan.LeastHarmed && (Rate(state.Treatment) ?? 0) - (Rate(state.Control) ?? 0) >= _margin * _plan.TriflePart;

    private double? Rate(ArmTally arm) => arm.Sessions == 0 ? null : (double)arm.Harmed(_harm) / arm.Sessions;
}
