using System.Text;

namespace Gateway.Load.Reports.Html;

/// <summary>The tables of the page: who watched, what was asked, how it was measured, every figure.</summary>
internal static class ReportTables
{
    public static void Write(StringBuilder page, RunReport report)
    {
        Groups(page, report);
        Requests(page, report);
        Measured(page, report);
        Figures(page, report);
    }

    private static void Groups(StringBuilder page, RunReport report)
    {
        if (report.Players.Count == 0) return;
        page.Append("<section><h2>By kind of viewer</h2>");
        Head(page, "", "viewers", "first picture p50", "p95", "stood", "stops", "bitrate", "switches", "failed");
        Rows("scenario", static p => p.Scenario);
        Rows("player", static p => p.Rules.ToString());
        Rows("title", static p => p.Title);
        page.Append("</tbody></table></section>");

        void Rows(string kind, Func<PlayerRow, string> key)
        {
            // More than so many titles make no table that anybody reads; the CSV file has all.
            var groups = report.Players.GroupBy(key, StringComparer.Ordinal).OrderByDescending(static g => g.Count()).ThenBy(static g => g.Key, StringComparer.Ordinal).Take(12).ToArray();
            if (groups.Length < 2) return;
            page.Append("<tr class=\"kind\"><th colspan=\"9\">by ").Append(kind).Append("</th></tr>");
            foreach (var group in groups)
            {
                var sums = PlayerSums.Of(group);
                var waits = new ValueHistogram();
                foreach (var player in group.Where(static p => !p.CutOff)) waits.Record((long)(player.WaitedMs * 1000));
                Row(
                    page, group.Key, FigureText.Number(sums.Count), Milliseconds(waits.ValueAt(0.5)), Milliseconds(waits.ValueAt(0.95)), FigureText.Share(sums.StallShare),
                    FigureText.Of(sums.StallsPerHour, FigureUnit.PerHour), FigureText.Of(sums.MeanKbps, FigureUnit.Kbps), FigureText.Of(sums.SwitchesPerHour, FigureUnit.PerHour), FigureText.Share(sums.FailedShare));
            }
        }
    }

    private static void Requests(StringBuilder page, RunReport report)
    {
        if (report.Requests.Count == 0) return;
        page.Append("<section><h2>Requests</h2>");
        Head(page, "", "count", "failed", "first byte p50", "p95", "whole p50", "p95", "p99", "longest", "answers");
        foreach (var request in report.Requests)
        {
            Row(
                page, request.Name, FigureText.Number(request.Count), FigureText.Number(request.Failed), At(request.FirstByte, 0.5), At(request.FirstByte, 0.95), At(request.Total, 0.5),
                At(request.Total, 0.95), At(request.Total, 0.99), At(request.Total, 1), string.Join(", ", request.Statuses.OrderByDescending(static s => s.Value).Take(4).Select(static s => $"{s.Key} × {FigureText.Number(s.Value)}")));
        }

        page.Append("</tbody></table></section>");
    }

    private static void Measured(StringBuilder page, RunReport report)
    {
        var machine = report.Machine;
        page.Append("<section><h2>How it was measured</h2><table class=\"facts\"><tbody>");
        Fact("Machine", $"{machine.Processor}, {machine.Cores} cores, {FigureText.Bytes(machine.MemoryBytes)} of memory; {machine.System}; {machine.Runtime}");
        if (machine is { LoadBefore: { } before, LoadAfter: { } after })
            Fact("Load", $"{FigureText.Number(before)} runnable threads before, {FigureText.Number(after)} after{(before > machine.Cores ? ": others were at work on this machine, which makes every time longer" : "")}");
        Fact(
            "Tester", $"{FigureText.Number(report.Tester.CpuSeconds)} s of processor time, at most {FigureText.Bytes(report.Tester.PeakBytes)}"
            + (report.Tester.Segments > 0 ? $", {FigureText.Number(report.Tester.CpuMsPerSegment)} ms for each of {FigureText.Number(report.Tester.Segments)} segments" : "")
            + (report.Tester.HeapBytesPerPlayer is { } heap ? $", {FigureText.Bytes(heap)} of heap for each player" : "")
            + (report.Tester.SharedWith is { } others ? $"; {others} ran in the same process, and is in these figures" : ""));
        if (!report.IsVirtual)
            Fact("Punctuality", $"starts late by {Figure("tester.startLateness.p50")} (half), {Figure("tester.startLateness.p99")} (99 %), {Figure("tester.startLateness.max")} (worst); timers by {Figure("tester.timerLateness.p50")}, {Figure("tester.timerLateness.p99")}, {Figure("tester.timerLateness.max")}");
        Fact("Arrivals", "Viewers come by a plan that does not wait for anybody: each is counted from the moment at which it was to start. No wait is left out because the system stood still.");
        Fact("Repeat", $"seed {report.Seed}, plan {report.Plan}: another run with both has the same viewers, and load compare tells them apart one by one");
        page.Append("</tbody></table></section>");

        void Fact(string name, string text) => page.Append("<tr><th>").Append(name).Append("</th><td>").Append(HtmlReport.Text(text)).Append("</td></tr>");

        string Figure(string name) => FigureText.Milliseconds(report.ValueOf(name) ?? 0);
    }

    private static void Figures(StringBuilder page, RunReport report)
    {
        page.Append("<section><details><summary>Every figure, by the name that limits use</summary>");
        Head(page, "", "value", "from");
        foreach (var figure in report.Figures) Row(page, figure.Name, FigureText.Of(figure), FigureText.Number(figure.Count));
        page.Append("</tbody></table></details></section>");
    }

    private static void Head(StringBuilder page, params ReadOnlySpan<string> names)
    {
        page.Append("<table><thead><tr>");
        for (var i = 0; i < names.Length; i++) page.Append(i == 0 ? "<th>" : "<th class=\"n\">").Append(names[i]).Append("</th>");
        page.Append("</tr></thead><tbody>");
    }

    private static void Row(StringBuilder page, params ReadOnlySpan<string> cells)
    {
        page.Append("<tr>");
        for (var i = 0; i < cells.Length; i++) page.Append(i == 0 ? "<td>" : "<td class=\"n\">").Append(HtmlReport.Text(cells[i])).Append("</td>");
        page.Append("</tr>");
    }

    private static string Milliseconds(long microseconds) => FigureText.Milliseconds(microseconds / 1000.0);

    private static string At(IReadOnlyList<QuantilePoint> points, double quantile) => RequestSummary.At(points, quantile) is { } ms ? FigureText.Milliseconds(ms) : "–";
}
