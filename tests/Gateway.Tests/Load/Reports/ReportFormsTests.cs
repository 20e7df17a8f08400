using System.Xml.Linq;
using Gateway.Load.Reports;
using Gateway.Load.Reports.Html;

namespace Gateway.Tests.Load.Reports;

public sealed class ReportFormsTests
{
    private static readonly RunReport s_report = Made.Report([Made.Player(0), Made.Player(1, 700, 2000) with { Title = "/play/<b>&\"x\".m3u8" }]) with
    {
        Description = "<script>alert(1)</script>",
        Thresholds =
        [
            new ThresholdResult("startup.p95 <= 2500 ms", "startup.p95", 700, FigureUnit.Milliseconds, HasPassed: true),
            new ThresholdResult("bitrate.mean > 2 Mbit/s", "bitrate.mean", 1000, FigureUnit.Kbps, HasPassed: false),
            new ThresholdResult("seek.p95 < 1 s", "seek.p95", null, FigureUnit.Number, HasPassed: false),
        ],
        Figures = [new Figure("requests.count", 40, FigureUnit.Number, 40), new Figure("requests.failed", 0.025, FigureUnit.Share, 40), new Figure("stalls.segment", 1, FigureUnit.Number, 2)],
        StartUp = [new QuantilePoint(0, 500), new QuantilePoint(0.5, 500), new QuantilePoint(0.95, 700), new QuantilePoint(1, 700)],
        Marks = [new Mark(20, "gateway 1 killed")],
    };

    [Fact]
    public void Verdict_OfBrokenLimits_NamesThemFirst()
    {
        var verdict = Verdict.Of(s_report);
        Assert.Equal("Failed: 2 of 3 limits broken", verdict.Headline);
        Assert.Equal("bitrate.mean > 2 Mbit/s was not kept: 1 Mbit/s.", verdict.Sentences[0]);
        Assert.Equal("seek.p95 < 1 s was not kept: not measured.", verdict.Sentences[1]);
        Assert.Contains("The picture stopped for 1 of 2 viewers (50 %), 0 s/h of watching; most of it for want of a segment.", verdict.Sentences);
        Assert.Contains("2.5 % of 40 requests failed.", verdict.Sentences);
    }

    [Fact]
    public void Verdict_OfATesterThatWasLate_IsThatNothingIsValid()
    {
        var verdict = Verdict.Of(s_report with { TesterFailure = "The tester could not keep up." });
        Assert.Equal("Not valid: the tester itself was too slow", verdict.Headline);
        Assert.StartsWith("The tester could not keep up.", verdict.Sentences[0], StringComparison.Ordinal);
    }

    [Theory]
    // All limits of a drill are on what may go wrong: a tester that was late makes none of them easier to keep.
    [InlineData(true, true, "Passed: all 1 limits kept, though the tester itself was late")]
    // What was not kept may be its own doing.
    [InlineData(true, false, "Not valid: the tester itself was too slow")]
    [InlineData(false, true, "Not valid: the tester itself was too slow")]
    public void Verdict_OfATesterThatWasLateInADrill_CountsWhatWasKept(bool isHarderWhenLate, bool isKept, string headline)
    {
        var report = s_report with { TesterFailure = "Late.", IsHarderWhenLate = isHarderWhenLate, Thresholds = [s_report.Thresholds[0] with { HasPassed = isKept }] };
        Assert.Equal(headline, Verdict.Of(report).Headline);
        Assert.Equal(isHarderWhenLate && isKept, report.HasPassed);
        Assert.StartsWith("Late.", Verdict.Of(report).Sentences[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfARunWithAnOrigin_ShowsItsRequestsForEachSegment()
    {
        var duration = TimeSpan.FromSeconds(s_report.DurationSeconds);
        var recorded = new Timeline(duration);
        recorded.Settle(duration);
        var timeline = TimelineReport.Of(recorded, duration, [new OriginSecond(0, 4, 0), new OriginSecond(1, 2, 1)]);
        Assert.DoesNotContain("Requests at the origin", HtmlReport.Write(s_report), StringComparison.Ordinal);
        Assert.Contains("Requests at the origin for each segment", HtmlReport.Write(s_report with { Timeline = timeline }), StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfAnyReport_NeedsNothingBesideItselfAndRunsNothing()
    {
        var page = HtmlReport.Write(s_report);
        foreach (var foreign in (string[])["src=", "href=", "url(", "@import", "<script", "<link"]) Assert.DoesNotContain(foreign, page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>&\"x\"", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
    }

    [Fact]
    public void JUnit_OfAReport_HasACaseForEachLimitAndTwoOfItsOwn()
    {
        var suite = XElement.Parse(JUnitReport.Write(s_report)).Element("testsuite")!;
        Assert.Equal(("5", "2"), ((string?)suite.Attribute("tests"), (string?)suite.Attribute("failures")));
        Assert.Equal(["measured 1 Mbit/s", "measured not measured"], suite.Descendants("failure").Select(f => (string?)f.Attribute("message")));
    }

    [Fact]
    public void JUnit_OfANameWithControlCharacters_LeavesThemOut()
    {
        var suite = XElement.Parse(JUnitReport.Write(s_report with { Test = "a\0b\u001b[1m\ud800\uffff\n<c>", TesterFailure = "too\u0007 late" })).Element("testsuite")!;
        Assert.Equal("load.ab[1m\ufffd<c>", (string?)suite.Attribute("name"));
        Assert.Contains("too late", suite.Descendants("failure").Select(f => (string?)f.Attribute("message")));
    }

    [Fact]
    public void Csv_OfPlayers_HasALineEachAndQuotesWhatNeedsIt()
    {
        var lines = CsvReport.Write(s_report with { Players = [Made.Player(0) with { Title = "=1+1,\"x\"" }] }).Split("\r\n");
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("scenario,ordinal,title,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("viewers,0,\"'=1+1,\"\"x\"\"\",HlsJs,0,500,500,0,0,0,0,60000,1000,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_OfAReport_BeginsWithTheVerdict() =>
        Assert.StartsWith("# made: Failed: 2 of 3 limits broken\n\n- bitrate.mean", MarkdownReport.Write(s_report), StringComparison.Ordinal);

    [Fact]
    public async Task Json_ReadAgain_IsTheSameReport()
    {
        var file = new FileInfo(Path.GetTempFileName());
        try
        {
            await File.WriteAllTextAsync(file.FullName, JsonReport.Write(s_report));
            file.Refresh();
            Assert.Equal(JsonReport.Write(s_report), JsonReport.Write(await JsonReport.ReadAsync(file, TestContext.Current.CancellationToken)));
            await File.WriteAllTextAsync(file.FullName, JsonReport.Write(s_report with { Format = 99 }));
            Assert.Contains("form 99", (await Assert.ThrowsAsync<InvalidDataException>(() => JsonReport.ReadAsync(file, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file.FullName, "{\"test\":1}");
            await Assert.ThrowsAsync<InvalidDataException>(() => JsonReport.ReadAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            file.Delete();
        }
    }
}
