using System.Globalization;

namespace Gateway.Load.Baseline;

/// <summary>How figures of a baseline are written: one decimal, a point whatever the locale, and a sign before a difference.</summary>
internal static class BaselineText
{
    public static string Milliseconds(double? value) => value is { } told ? string.Create(CultureInfo.InvariantCulture, $"{told:0.0} ms") : "n/a";

    public static string Share(long part, long whole, double rate) => string.Create(CultureInfo.InvariantCulture, $"{part} of {whole} ({rate * 100:0.0} %)");

    public static string MillisecondsDelta(double? baseline, double? wave) =>
        baseline is { } before && wave is { } after ? $"{Signed(after - before)} ms ({Relative(before, after)})" : "n/a (no latency samples)";

    public static string PointsDelta(double baseline, double wave) => $"{Signed((wave - baseline) * 100)} pp ({Relative(baseline, wave)})";

    private static string Relative(double before, double after) => before == 0 ? "n/a (baseline is 0)" : $"{Signed((after - before) / before * 100)} %";

    // What rounds to nothing has no sign.
    private static string Signed(double value) => Math.Round(value, 1, MidpointRounding.AwayFromZero).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
