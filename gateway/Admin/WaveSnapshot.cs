using Gateway.Rollout.Watching;

namespace Gateway.Admin;

/// <summary>The latest look at the present wave, over all gateways.</summary>
/// <param name="At">When.</param>
/// <param name="TreatmentSessions">Judged sessions of the wave.</param>
/// <param name="ControlSessions">Judged sessions of its control group.</param>
/// <param name="Summary">What the judge says; where there is no control group, that nothing is compared.</param>
/// <param name="Evidence">By metric.</param>
/// <param name="Gates">The absolute gates.</param>
/// <param name="Creates">Of the last minute, of sessions whose engine the gateway has chosen and that play segmented.</param>
/// <param name="CreateFailures">Of these.</param>
/// <param name="Handoffs">Of the last minute.</param>
/// <param name="HandoffFailures">Of these.</param>
/// <param name="Fetches">Manifests and segments of the last minute.</param>
/// <param name="FetchFailures">Of these.</param>
/// <param name="ActiveSessions">Under watch now.</param>
/// <param name="InterruptedSessions">By a controlled deploy.</param>
internal sealed record WaveSnapshot(
    DateTimeOffset At,
    long TreatmentSessions,
    long ControlSessions,
    string Summary,
    IReadOnlyList<EvidenceSnapshot> Evidence,
    IReadOnlyList<GateSnapshot> Gates,
    long Creates,
    long CreateFailures,
    long Handoffs,
    long HandoffFailures,
    long Fetches,
    long FetchFailures,
    long ActiveSessions,
    long InterruptedSessions)
{
    public static WaveSnapshot? Of(WaveReport? report, int wave) => report is null || report.Wave != wave ? null : new WaveSnapshot(
        report.At,
        report.Counts.Treatment.Sessions,
        report.Counts.Control.Sessions,
        report.Verdict.Summary,
        [.. report.Verdict.Evidence.Select(e => new EvidenceSnapshot(e.Metric, e.Progress, Finite(e.Control), Finite(e.Treatment), e.Unit, e.LogEvidence, e.LogLimit, e.IsWithinMargin, e.Text))],
        [.. report.Verdict.Gates.Select(g => new GateSnapshot(g.Name, g.HasPassed, g.Text))],
        report.Window.Creates,
        report.Window.CreateFailures,
        report.Window.Handoffs,
        report.Window.HandoffFailures,
        report.Window.Fetches,
        report.Window.FetchFailures,
        report.Window.ActiveSessions,
        report.Window.InterruptedSessions);

    /// <summary>JSON knows no infinity.</summary>
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
