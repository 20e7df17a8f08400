using System.Globalization;

namespace Gateway.Rollout.Judging;

/// <summary>
/// A quantile of the time to the first picture. It reverts when the wave's band lies above control's by more than the tolerance, and is within the margin when its upper end is below the gate's
/// limit or below the tolerance times the lower end of control.
/// </summary>
internal sealed class StartupMetric(JudgePlan plan, double quantile, double gateMs) : IJudgedMetric
{
    private readonly QuantileBand _band = new(quantile);
    private readonly int _tolerance = (int)Math.Round(StartupScale.BinOf(1000 * plan.StartupTolerance) - (double)StartupScale.BinOf(1000));

    // Two bands have to hold, one for each arm.
    private readonly double _logLimit = -Math.Log(AlphaSpending.OfWave(plan.Alpha, plan.Wave) * AlphaSpending.StartupTimePart / 2);

    public bool IsReverting(JudgeState state, bool isShareKept) => state.Treatment.Startup.Total >= plan.LeastHarmed && LogEvidence(state) >= _logLimit;

    public MetricEvidence Judge(JudgeState state, bool isShareKept)
    {
        var upper = StartupScale.Milliseconds(_band.Upper(state.Treatment.Startup, plan.PromotionAlpha / 2));
        var lower = StartupScale.Milliseconds(_band.Lower(state.Control.Startup, plan.PromotionAlpha / 2));
        var margin = Math.Max(gateMs, double.IsFinite(lower) ? lower * plan.StartupTolerance : 0);
        var log = LogEvidence(state);
        var (treatment, control) = (Observed(state.Treatment), Observed(state.Control));
        return new MetricEvidence
        {
            Metric = string.Create(CultureInfo.InvariantCulture, $"startupP{quantile * 100:0}"),
            Unit = "ms",
            Control = Known(control),
            Treatment = Known(treatment),
            LogEvidence = log,
            LogLimit = _logLimit,
            HarmUpper = Known(upper),
            Margin = margin,
            IsReverting = state.Treatment.Startup.Total >= plan.LeastHarmed && log >= _logLimit,
            IsWithinMargin = upper <= margin,
            Text = string.Create(
                CultureInfo.InvariantCulture,
                $"Start-up p{quantile * 100:0}: {Told(treatment)} in the wave, {Told(control)} in control; evidence that the wave's is more than {plan.StartupTolerance:0.##} times as long {MetricText.Odds(log)}, reverts at {MetricText.Odds(_logLimit)}; at most {Told(upper)}, margin {MetricText.Milliseconds(margin)}."),
        };
    }

    private double LogEvidence(JudgeState state) => _band.LogEvidenceHigher(state.Treatment.Startup, state.Control.Startup, _tolerance);

    private double? Observed(ArmTally arm) => arm.Startup.Total == 0 ? null : StartupScale.Milliseconds(_band.Observed(arm.Startup));

    private static double? Known(double? milliseconds) => milliseconds is { } known && double.IsFinite(known) ? known : null;

    private static string Told(double? milliseconds) => milliseconds is { } known ? MetricText.Milliseconds(known) : "not known";
}
