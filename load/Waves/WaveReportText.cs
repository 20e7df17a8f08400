using System.Globalization;
using System.Text;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>The verdicts of all waves as Markdown.</summary>
internal static class WaveReportText
{
    public static string Of(IReadOnlyList<WaveResult> results)
    {
        var text = new StringBuilder("# Waves\n");
        foreach (var result in results)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {result.Name}: {Word(result.Decision)}\n\n{result.Summary}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"{result.Treatment} sessions in the wave, {result.Control} in control, {result.Interrupted} interrupted.\n");
            if (result.Evidence.Count == 0) continue;
            text.Append("\n| metric | to a reversion | in words |\n| --- | --- | --- |\n");
            foreach (var metric in result.Evidence) text.Append(CultureInfo.InvariantCulture, $"| {metric.Metric} | {metric.Progress * 100:0} % | {metric.Text.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return text.ToString();
    }

    public static string Word(Decision decision) => decision switch
    {
        Decision.Revert => "reverted",
        Decision.Promote => "promoted",
        _ => "held",
    };
}
