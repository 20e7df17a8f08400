using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Load.Scenarios;

/// <summary>
/// A limit on a figure of the run, as text: <c>startup.p95 &lt;= 2500 ms</c>, <c>requests.failed &lt; 1 %</c>. A figure that the run does not have fails its threshold:
/// a limit that nothing was measured against has not been kept.
/// </summary>
internal sealed partial record Threshold
{
    private Threshold(string figure, string comparison, double limit, string text)
    {
        Figure = figure;
        Comparison = comparison;
        Limit = limit;
        Text = text;
    }

    /// <summary>Name of the figure, see <c>docs/load.md</c>.</summary>
    public string Figure { get; }

    /// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</summary>
    public string Comparison { get; }

    /// <summary>In the figure's own unit: milliseconds, kbit/s, a share from 0 to 1, or a number.</summary>
    public double Limit { get; }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <exception cref="FormatException">It is no threshold; the message shows one.</exception>
    public static Threshold Parse(string text)
    {
        var match = Form().Match(text.Trim());
        if (!match.Success || !double.TryParse(match.Groups["limit"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var limit))
            throw new FormatException($"'{text}' is no threshold. One looks like 'startup.p95 <= 2500 ms' or 'requests.failed < 1 %'.");
        var factor = match.Groups["unit"].Value switch { "%" => 0.01, "s" => 1000, "Mbit/s" => 1000, _ => 1.0 };
        return new Threshold(match.Groups["figure"].Value, match.Groups["comparison"].Value, limit * factor, text.Trim());
    }

    /// <summary>Whether a figure keeps it; null or not a number does not.</summary>
    public bool IsKeptBy(double? figure) => Comparison switch
    {
        "<" => figure < Limit,
        "<=" => figure <= Limit,
        ">" => figure > Limit,
        _ => figure >= Limit,
    };

    public override string ToString() => Text;

    [GeneratedRegex(@"^(?<figure>[A-Za-z][\w\-]*(?:\.[\w\-]+)*)\s*(?<comparison><=|>=|<|>)\s*(?<limit>[0-9.eE+\-]+)\s*(?<unit>ms|s|%|kbit/s|Mbit/s|)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
