using System.Globalization;
using System.Text;

namespace Gateway.Load.Baseline;

/// <summary>The report in Markdown: how well the file could be read, the figures, the gates, and against a second capture the differences.</summary>
internal sealed class BaselineReport
{
    private readonly StringBuilder _text = new();
    private readonly List<GateResult> _gates = [];

    private BaselineReport()
    {
    }

    /// <summary>The whole report, lines ended by LF.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether a gate failed; one that could not be judged has not.</summary>
    public bool HasFailed => _gates.Exists(g => g.HasPassed == false);

    public static BaselineReport Of(NamedCapture capture)
    {
        var report = new BaselineReport();
        report.Line("# Start-up baseline").Line();
        report.Describe("", capture);
        report.Judge(BaselineGates.Judge(capture.Figures));
        report.Caveat(capture);
        return report;
    }

    /// <summary>The gates judge the wave; the baseline only has to be comparable.</summary>
    public static BaselineReport Compare(NamedCapture baseline, NamedCapture wave)
    {
        var report = new BaselineReport();
        report.Line("# Start-up baseline comparison").Line();
        report.Describe($" ({baseline.Label})", baseline);
        report.Describe($" ({wave.Label})", wave);
        var (before, after) = (baseline.Figures, wave.Figures);
        report.Line("## Delta Summary").Line()
            .Line($"{wave.Label} minus {baseline.Label}:").Line()
            .Line($"- First-audible latency p50: {BaselineText.MillisecondsDelta(before.P50Ms, after.P50Ms)}")
            .Line($"- First-audible latency p95: {BaselineText.MillisecondsDelta(before.P95Ms, after.P95Ms)}")
            .Line($"- Startup-timeout rate: {BaselineText.PointsDelta(before.TimeoutRate, after.TimeoutRate)}")
            .Line($"- Retry-exhaustion rate: {BaselineText.PointsDelta(before.ExhaustionRate, after.ExhaustionRate)}").Line();
        report.Judge([.. BaselineGates.Judge(after), .. BaselineGates.JudgeLikeness(baseline.Capture, wave.Capture)]);
        report.Caveat(baseline, wave);
        return report;
    }

    private void Describe(string suffix, NamedCapture named)
    {
        var (capture, figures) = (named.Capture, named.Figures);
        Line($"## Parse Stats{suffix}").Line()
            .Line($"- Label: {named.Label}")
            .Line($"- Input: `{named.Path}`")
            .Line($"- Parsed JSON lines: {Whole(capture.Parsed)}")
            .Line($"- Invalid JSON lines skipped: {Whole(capture.InvalidJson)}")
            .Line($"- Non-object lines skipped: {Whole(capture.NonObjects)}").Line()
            .Line($"## Reliability Summary{suffix}").Line()
            .Line($"- Startup timeline samples: {Whole(figures.Samples)}")
            .Line($"- First-audible latency p50: {BaselineText.Milliseconds(figures.P50Ms)} (from {Whole(figures.Timed)} samples)")
            .Line($"- First-audible latency p95: {BaselineText.Milliseconds(figures.P95Ms)} (from {Whole(figures.Timed)} samples)")
            .Line($"- Startup timeouts: {BaselineText.Share(figures.Timeouts, figures.Samples, figures.TimeoutRate)}")
            .Line($"- Retry exhaustions: {BaselineText.Share(figures.Exhaustions, figures.Samples, figures.ExhaustionRate)}").Line();
    }

    private void Judge(IReadOnlyList<GateResult> gates)
    {
        _gates.AddRange(gates);
        Line("## Gates").Line().Line("| gate | result | figure |").Line("| --- | --- | --- |");
        foreach (var gate in gates)
        {
            var result = gate.HasPassed switch { true => "passed", false => "FAILED", null => "not judged" };
            Line($"| {gate.Name} | {result} | {gate.Told} |");
        }

        Line();
    }

    private void Caveat(params ReadOnlySpan<NamedCapture> captures)
    {
        Line("## Confidence Caveat").Line();
        var isLow = false;
        foreach (var capture in captures)
        {
            var samples = capture.Figures.Samples;
            var isFew = samples < BaselineGates.MinSamples;
            isLow |= isFew;
            Line($"- {capture.Label}: {(isFew ? "low confidence" : "baseline confidence")} ({Whole(samples)} startup timeline samples, {Whole(BaselineGates.MinSamples)} wanted)");
        }

        if (isLow && captures.Length > 1) Line("- Deltas are directional only: they may show which way a figure went, not by how much.");
    }

    private BaselineReport Line(string text = "")
    {
        _text.Append(text).Append('\n');
        return this;
    }

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
