using System.Globalization;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Baseline;

/// <summary>
/// What a roll-out wave has to reach before it may go on, in the order of risk: time-outs, spent tries, p95, p50, each over enough samples, and against a baseline
/// of the same length and the same population. A limit itself still passes.
/// </summary>
internal static class BaselineGates
{
    public const int MinSamples = StartupGates.LeastSamples;
    public const double MaxTimeoutRate = StartupGates.LargestTimeoutRate;
    public const double MaxExhaustionRate = StartupGates.LargestExhaustionRate;
    public const double MaxP95Ms = StartupGates.LargestP95Ms;
    public const double MaxP50Ms = StartupGates.LargestP50Ms;

    // Captures are cut by hand; a tenth more or less does not make another window of it.
    private const double WindowTolerance = 0.1;

    /// <summary>Judges one capture.</summary>
    public static IReadOnlyList<GateResult> Judge(StartupFigures figures) =>
    [
        new("Samples", figures.Samples >= MinSamples, string.Create(CultureInfo.InvariantCulture, $"{figures.Samples} (at least {MinSamples})")),
        Rate("Startup timeouts", figures.TimeoutRate, MaxTimeoutRate, figures.Samples),
        Rate("Retry exhaustion", figures.ExhaustionRate, MaxExhaustionRate, figures.Samples),
        Time("p95 to audible", figures.P95Ms, MaxP95Ms, figures.Samples),
        Time("p50 to audible", figures.P50Ms, MaxP50Ms, figures.Samples),
    ];

    /// <summary>Whether two captures may be compared at all.</summary>
    public static IReadOnlyList<GateResult> JudgeLikeness(Capture baseline, Capture wave) => [Window(baseline.Window, wave.Window), Population(baseline.Population, wave.Population)];

    private static GateResult Rate(string name, double rate, double limit, long samples) => new(
        name, samples == 0 ? null : rate <= limit, string.Create(CultureInfo.InvariantCulture, $"{rate * 100:0.0} % (at most {limit * 100:0.0} %)"));

    // Start-ups of which none tells its time have not been quick enough: nothing may be promoted on them.
    private static GateResult Time(string name, double? milliseconds, double limit, long samples) => new(
        name, samples == 0 ? null : milliseconds <= limit, string.Create(CultureInfo.InvariantCulture, $"{BaselineText.Milliseconds(milliseconds)} (at most {limit:0.0} ms)"));

    private static GateResult Window(TimeSpan? baseline, TimeSpan? wave)
    {
        if (baseline is not { } first || wave is not { } second) return new GateResult("Same window length", null, "the records tell no time");
        var longer = first > second ? first : second;
        return new GateResult(
            "Same window length", (first - second).Duration() <= longer * WindowTolerance, string.Create(CultureInfo.InvariantCulture, $"{first:c} and {second:c}"));
    }

    private static GateResult Population(IReadOnlyList<string> baseline, IReadOnlyList<string> wave)
    {
        if (baseline.Count == 0 || wave.Count == 0) return new GateResult("Same population", null, "the records tell no engine");
        return new GateResult("Same population", baseline.SequenceEqual(wave, StringComparer.Ordinal), $"{string.Join(", ", baseline)} and {string.Join(", ", wave)}");
    }
}
