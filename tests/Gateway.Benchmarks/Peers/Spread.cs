using System.Globalization;

namespace Gateway.Benchmarks.Peers;

/// <summary>A figure of several rounds: the median, and between which it lay.</summary>
internal static class Spread
{
    public static string Text(IEnumerable<double> values, string format)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return "–";
        string One(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{One(Median(sorted))} ({One(sorted[0])}–{One(sorted[^1])})";
    }

    /// <summary>Quotients round by round: a slow moment of the machine tends to hit both sides.</summary>
    public static string Ratio(IEnumerable<double> mine, IEnumerable<double> theirs) => Text(mine.Zip(theirs, static (a, b) => a / b), "0.00");

    /// <param name="values">In any order.</param>
    /// <param name="share">0.5 is the median.</param>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }

    private static double Median(double[] sorted) => sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}
