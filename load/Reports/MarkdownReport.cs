using System.Text;

namespace Gateway.Load.Reports;

/// <summary>The report for a pull request or a chat: verdict, limits, figures.</summary>
internal static class MarkdownReport
{
    public static string Write(RunReport report)
    {
        var text = new StringBuilder();
        var verdict = Verdict.Of(report);
        Line($"# {report.Test}: {verdict.Headline}");
        Line();
        foreach (var sentence in verdict.Sentences) Line($"- {sentence}");
        Line();
        Line($"{report.Target}, {report.StartedAt:yyyy-MM-dd HH:mm} UTC, {FigureText.Duration(TimeSpan.FromSeconds(report.DurationSeconds))}, seed {report.Seed}, plan `{report.Plan}`; {report.Machine.Processor}, {report.Machine.Cores} cores.");
        if (report.Thresholds.Count > 0)
        {
            Table("Limits", "| limit | measured | |", "| --- | --- | --- |");
            foreach (var limit in report.Thresholds) Line($"| `{limit.Threshold}` | {limit.Told} | {(limit.HasPassed ? "kept" : "**broken**")} |");
        }

        if (report.Requests.Count > 0)
        {
            Table("Requests", "| what | count | failed | first byte p50 / p95 | whole p50 / p95 / p99 / max |", "| --- | --- | --- | --- | --- |");
            foreach (var request in report.Requests)
                Line($"| {request.Name} | {FigureText.Number(request.Count)} | {FigureText.Number(request.Failed)} | {Times(request.FirstByte, 0.5, 0.95)} | {Times(request.Total, 0.5, 0.95, 0.99, 1)} |");
        }

        Table("Figures", "| figure | value | from |", "| --- | --- | --- |");
        foreach (var figure in report.Figures) Line($"| `{figure.Name}` | {FigureText.Of(figure)} | {FigureText.Number(figure.Count)} |");
        return text.ToString();

        void Line(string line = "") => text.Append(line).Append('\n');

        void Table(string title, string head, string rule)
        {
            Line();
            Line($"## {title}");
            Line();
            Line(head);
            Line(rule);
        }
    }

    private static string Times(IReadOnlyList<QuantilePoint> points, params ReadOnlySpan<double> quantiles)
    {
        var told = new List<string>();
        foreach (var quantile in quantiles) told.Add(RequestSummary.At(points, quantile) is { } ms ? FigureText.Milliseconds(ms) : "–");
        return string.Join(" / ", told);
    }
}
