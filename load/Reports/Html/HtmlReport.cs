using System.Globalization;
using System.Net;
using System.Text;

namespace Gateway.Load.Reports.Html;

/// <summary>
/// The report as one page: verdict in words, the figures that count, charts, tables, and how it was measured. It needs nothing beside itself: style and charts are in it,
/// nothing is fetched and nothing runs, so it can be sent by mail and opened in ten years.
/// </summary>
internal static class HtmlReport
{
    public static string Write(RunReport report)
    {
        var page = new StringBuilder();
        var verdict = Verdict.Of(report);
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
            .Append("<title>").Append(Text($"{report.Test}: {verdict.Headline}")).Append("</title><style>").Append(PageStyle.Css).Append("</style></head><body><main>");
        Head(page, report, verdict);
        if (report.Players.Count > 0) Tiles(page, report);
        Limits(page, report);
        Charts(page, report);
        ReportTables.Write(page, report);
        return page.Append("</main></body></html>\n").ToString();
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(text);

    private static void Head(StringBuilder page, RunReport report, Verdict verdict)
    {
        page.Append("<header class=\"").Append(report.HasPassed ? "passed" : "failed").Append("\"><p class=\"test\">").Append(Text(report.Test)).Append("</p><h1>")
            .Append(Text(verdict.Headline)).Append("</h1>");
        if (report.Description.Length > 0) page.Append("<p class=\"about\">").Append(Text(report.Description)).Append("</p>");
        page.Append("<ul>");
        foreach (var sentence in verdict.Sentences) page.Append("<li>").Append(Text(sentence)).Append("</li>");
        page.Append("</ul><p class=\"facts\">").Append(Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Target} · {report.StartedAt:d MMMM yyyy, HH:mm} UTC · {FigureText.Duration(TimeSpan.FromSeconds(report.DurationSeconds))}{(report.IsVirtual ? " of virtual time" : "")} · seed {report.Seed}"))).Append("</p></header>");
    }

    private static void Tiles(StringBuilder page, RunReport report)
    {
        page.Append("<section class=\"tiles\">");
        Tile("Viewers", FigureText.Number(report.Players.Count), $"{FigureText.Number(Math.Round(report.Timeline.Playing.DefaultIfEmpty().Max()))} at once");
        Tile("First picture", Ms("startup.p50"), $"95 % within {Ms("startup.p95")}");
        Tile("Picture stood", FigureText.Share(report.ValueOf("stalls.share") ?? 0), $"for {FigureText.Share(report.ValueOf("players.stalled") ?? 0)} of viewers");
        Tile("Bitrate", FigureText.Of(report.ValueOf("bitrate.mean") ?? 0, FigureUnit.Kbps), $"{FigureText.Of(report.ValueOf("switches.perHour") ?? 0, FigureUnit.PerHour)} switches");
        Tile("Failed requests", FigureText.Share(report.ValueOf("requests.failed") ?? 0), $"of {FigureText.Number(report.ValueOf("requests.count") ?? 0)}");
        if (report.ValueOf("source.origin") is { } origin) Tile("Origin spared", FigureText.Share(1 - origin), "of segments from the gateway's memory");
        else Tile("Delivered", FigureText.Bytes(report.ValueOf("requests.bytes") ?? 0), $"{FigureText.Number(report.ValueOf("requests.rate") ?? 0)} requests a second");
        page.Append("</section>");

        void Tile(string name, string value, string more) =>
            page.Append("<div><span>").Append(Text(name)).Append("</span><b>").Append(Text(value)).Append("</b><small>").Append(Text(more)).Append("</small></div>");

        string Ms(string name) => FigureText.Milliseconds(report.ValueOf(name) ?? 0);
    }

    private static void Limits(StringBuilder page, RunReport report)
    {
        if (report.Thresholds.Count == 0) return;
        page.Append("<section><h2>Limits</h2><table><thead><tr><th>limit</th><th class=\"n\">measured</th><th></th></tr></thead><tbody>");
        foreach (var limit in report.Thresholds)
        {
            page.Append("<tr><td><code>").Append(Text(limit.Threshold)).Append("</code></td><td class=\"n\">").Append(Text(limit.Told)).Append("</td><td class=\"")
                .Append(limit.HasPassed ? "kept\">kept" : "broken\">broken").Append("</td></tr>");
        }

        page.Append("</tbody></table></section>");
    }

    private static void Charts(StringBuilder page, RunReport report)
    {
        var line = report.Timeline;
        if (line.Arrived.Length == 0) return;
        var seconds = Math.Max(report.DurationSeconds, line.WidthSeconds);
        var chart = new TimeChart(line, seconds, report.Marks);
        page.Append("<section><h2>Over time</h2><div class=\"charts\">");
        if (report.Players.Count > 0)
        {
            page.Append(chart.Layers(
                "What viewers saw", "Players in each state, as a mean over each piece of the run.", FigureText.Number,
                ChartSeries.Of("playing", "good", line.Playing), ChartSeries.Of("paused", "calm", line.Paused), ChartSeries.Of("waiting for the first picture", "wait", line.Starting), ChartSeries.Of("standing", "bad", line.Stalled)));
            page.Append(chart.Lines(
                "Wait for the first picture", "By the moment at which viewers meant to start; whoever never saw one counts with the time it waited.", FigureText.Milliseconds,
                new ChartSeries("half of them", "plain", line.StartUpP50), new ChartSeries("95 % of them", "wait", line.StartUpP95)));
            page.Append(chart.Lines("Bitrate", "Mean declared rate of the video that was loaded.", static v => FigureText.Of(v, FigureUnit.Kbps), new ChartSeries("bitrate", "good", line.MeanKbps)));
            page.Append(chart.Lines(
                "Time for a segment", "From the request to its last byte.", FigureText.Milliseconds,
                new ChartSeries("half of them", "plain", line.SegmentP50), new ChartSeries("95 % of them", "wait", line.SegmentP95)));
        }

        page.Append(chart.Lines(
            "Requests and errors a second", "Errors: no answer, a broken body, or a status from 400 on.", FigureText.Number,
            ChartSeries.Of("requests", "plain", line.RequestsPerSecond), ChartSeries.Of("errors", "bad", line.ErrorsPerSecond)));
        page.Append(chart.Lines("Delivered", "Body bytes of all requests.", static v => FigureText.Of(v, FigureUnit.Kbps), ChartSeries.Of("delivered", "plain", line.KbitPerSecond)));
        if (line.OriginPerSegment.Length > 0)
        {
            page.Append(chart.Lines(
                "Requests at the origin for each segment", "One is the least. What a gateway that comes back has to fetch anew shows in its piece of the run.", FigureText.Number,
                new ChartSeries("from the start", "plain", line.OriginPerSegment), new ChartSeries("in the piece", "wait", line.OriginPerSegmentHere)));
            page.Append(chart.Lines(
                "Requests at the origin a second", "Again: for what had been asked for before.", FigureText.Number,
                ChartSeries.Of("all", "plain", line.OriginPerSecond), ChartSeries.Of("again", "bad", line.OriginAgainPerSecond)));
        }

        page.Append("</div></section>");
        Distributions(page, report);
    }

    private static void Distributions(StringBuilder page, RunReport report)
    {
        var segment = report.Requests.FirstOrDefault(static r => r.Name == "segment");
        if (report.StartUp.Count == 0 && segment is null) return;
        page.Append("<section><h2>How it is spread</h2><div class=\"charts\">");
        if (report.StartUp.Count > 0)
            page.Append(QuantileChart.Draw("First picture", "So many viewers of a hundred waited no longer than this. The right end is the worst of all.", ("wait", "wait", report.StartUp)));
        if (segment is { FirstByte.Count: > 0 })
        {
            var held = segment.HeldBack > 0 ? $" {FigureText.Number(segment.HeldBack)} values stand for segments that nobody could ask for while an earlier one was awaited." : "";
            page.Append(QuantileChart.Draw("Segments", "So many segments of a hundred took no longer than this." + held, ("first byte", "plain", segment.FirstByte), ("last byte", "wait", segment.Total)));
        }

        page.Append("</div></section>");
    }
}
