using System.Text;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Reports.Comparison;

/// <summary>A comparison in Markdown, which a terminal shows as well.</summary>
internal static class ComparisonText
{
    public static string Write(RunComparison comparison, string nameA, string nameB)
    {
        var text = new StringBuilder();
        text.Append(comparison.Sentence).Append("\n\n");
        text.Append("A: ").Append(nameA).Append("\nB: ").Append(nameB).Append("\n\n");
        (string Figure, string A, string B, string Difference, string Interval, string Sure)[] rows =
        [
            ("figure", "A", "B", "B - A", "95 % interval", "B better"),
            .. comparison.Compared.Select(static f => (
                f.Name + (f.IsClear ? f.IsBetter ? " (better)" : " (worse)" : ""), FigureText.Of(f.A, f.Unit), FigureText.Of(f.B, f.Unit), Signed(f.Difference, f.Unit),
                $"{Signed(f.Low, f.Unit)} to {Signed(f.High, f.Unit)}", $"{f.SureBetter * 100:0} %")),
        ];
        int[] widths = [rows.Max(r => r.Figure.Length), rows.Max(r => r.A.Length), rows.Max(r => r.B.Length), rows.Max(r => r.Difference.Length), rows.Max(r => r.Interval.Length), rows.Max(r => r.Sure.Length)];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            text.Append("| ").Append(row.Figure.PadRight(widths[0])).Append(" | ").Append(row.A.PadLeft(widths[1])).Append(" | ").Append(row.B.PadLeft(widths[2])).Append(" | ")
                .Append(row.Difference.PadLeft(widths[3])).Append(" | ").Append(row.Interval.PadLeft(widths[4])).Append(" | ").Append(row.Sure.PadLeft(widths[5])).Append(" |\n");
            if (i == 0) text.Append("| ").AppendJoin(" | ", widths.Select(static (w, column) => column == 0 ? new string('-', w) : new string('-', w - 1) + ":")).Append(" |\n");
        }

        text.Append('\n').Append(comparison.IsPaired ? "The same viewers were compared one by one." : "The viewers of both runs were drawn independently.")
            .Append(" Of nine figures of two equal runs, one shows a clear difference by chance in about one comparison of three; the first line is the answer, the others say where it comes from.\n");
        if (comparison.Judgement is { } judgement) Tell(text, judgement);
        foreach (var doubt in comparison.Warnings) text.Append("Beware: ").Append(doubt).Append('\n');
        return text.ToString();
    }

    private static void Tell(StringBuilder text, Gateway.Rollout.Judging.Verdict judgement)
    {
        var found = judgement.Evidence.Where(static e => e.IsReverting).ToArray();
        text.Append(found.Length == 0
            ? "The judge of roll-outs finds no harm in B; it calls a harmless B harmful in at most 2.5 % of comparisons.\n"
            : "The judge of roll-outs finds that B does harm; it says so of a harmless B in at most 2.5 % of comparisons.\n");
        foreach (var evidence in found) text.Append("- ").Append(evidence.Metric).Append(": ").Append(Told(evidence, evidence.Control)).Append(" in A, ").Append(Told(evidence, evidence.Treatment)).Append(" in B, evidence ").Append(MetricText.Odds(evidence.LogEvidence)).Append('\n');
    }

    private static string Told(MetricEvidence evidence, double? value) => evidence.Unit == "ms" ? MetricText.Milliseconds(value ?? double.PositiveInfinity) : MetricText.Percent(value ?? 0);

    private static string Signed(double value, FigureUnit unit) => (value > 0 ? "+" : value < 0 ? "-" : "") + FigureText.Of(Math.Abs(value), unit);
}
