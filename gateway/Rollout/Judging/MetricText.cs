using System.Globalization;

namespace Gateway.Rollout.Judging;

/// <summary>Figures as an operator reads them.</summary>
internal static class MetricText
{
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.00} %");

    public static string Milliseconds(double milliseconds) => double.IsFinite(milliseconds) ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms") : "never";

    /// <summary>An e-value as odds; beyond a million only its power of ten.</summary>
    public static string Odds(double log) => log < Math.Log(1e6)
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Exp(log):0.##} to 1")
        : string.Create(CultureInfo.InvariantCulture, $"10^{Math.Floor(log / Math.Log(10)):0} to 1");
}
