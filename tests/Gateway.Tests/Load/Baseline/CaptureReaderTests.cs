using Gateway.Load.Baseline;

namespace Gateway.Tests.Load.Baseline;

public sealed class CaptureReaderTests
{
    [Theory]
    [InlineData("""{"event":"player.startup_timeline","totalToAudibleMs":250,"outcome":"startup_timeout"}""")]
    [InlineData("""{"eventName":"Player.Startup_Timeline","total_to_audible_ms":"250","status":"startup_timeout"}""")]
    [InlineData("""{"fields":{"event":"player.startup_timeline","totalToAudibleMs":250,"outcome":"startup_timeout"}}""")]
    [InlineData("""{"event":"player.startup_timeline","data":{"total_to_audible_ms":250,"outcome":" Startup_Timeout "}}""")]
    [InlineData("""{"payload":{"type":"session.startup_timeline","timings":{"totalToAudibleMs":"250.0"},"startup_outcome":"startup_timeout"}}""")]
    [InlineData("""{"event":"player.startup_timeline","attributes":{"metrics":{"totalToAudibleMs":2.5e2},"outcome":"startup_timeout"}}""")]
    [InlineData("""{"properties":{"event":"player.startup_timeline","total-to-audible-ms":250},"outcome":"startup_timeout"}""")]
    [InlineData("""{"event":"player.startup_timeline","metrics":{"total_to_audible_ms":250},"outcome":"startup_timeout"}""")]
    [InlineData("""[SegmentedStreaming][Metric] {"event":"player.startup_timeline","totalToAudibleMs":250,"outcome":"startup_timeout"}""")]
    [InlineData("""  2026-11-21T10:00:00Z info [SegmentedStreaming][Metric]{"event":"player.startup_timeline","totalToAudibleMs":250,"outcome":"startup_timeout"}""")]
    public async Task Read_OfEachShape_GivesTheSameFigures(string line)
    {
        var capture = await ReadAsync(line);
        var sample = Assert.Single(capture.Samples);
        Assert.Equal(250, sample.TotalToAudibleMs);
        Assert.True(sample.IsTimeout);
        Assert.Equal((1, 0, 0), (capture.Parsed, capture.InvalidJson, capture.NonObjects));
    }

    [Fact]
    public async Task Read_OfBadLines_SkipsAndCountsThem()
    {
        var capture = await ReadAsync(
            """
            {"event":"player.startup_timeline","totalToAudibleMs":1}

            {"event":"player.startup_
            plain text of another logger
            [1,2,3]
            "text"
            null
            [SegmentedStreaming][Metric] no object
            {"event":"player.startup_timeline","totalToAudibleMs":2}
            """);
        Assert.Equal(2, capture.Samples.Count);
        Assert.Equal((5, 3, 3), (capture.Parsed, capture.InvalidJson, capture.NonObjects));
    }

    [Theory]
    [InlineData("""{"event":"\ud800"}""")]
    [InlineData("""{"\udc00":1,"event":"player.startup_timeline"}""")]
    public async Task Read_OfHalfACharacter_CountsTheLineAsBad(string line)
    {
        var capture = await ReadAsync(line + """

            {"event":"player.startup_timeline","totalToAudibleMs":2}
            """);
        Assert.Single(capture.Samples);
        Assert.Equal((1, 1), (capture.Parsed, capture.InvalidJson));
    }

    [Fact]
    public async Task Read_OfOtherEvents_LeavesTheRatesAlone()
    {
        const string timelines = """
            {"event":"player.startup_timeline","totalToAudibleMs":100,"outcome":"audible"}
            {"event":"player.startup_timeline","totalToAudibleMs":20000,"outcome":"startup_timeout"}
            {"event":"session.startup_retry_exhausted","stage":"manifest"}

            """;
        var creates = string.Concat(Enumerable.Repeat("""{"event":"session.create","status":"success","latencyMs":3}""" + "\n", 1000));
        var alone = StartupFigures.Of(await ReadAsync(timelines));
        Assert.Equal(alone, StartupFigures.Of(await ReadAsync(timelines + creates)));
        Assert.Equal((2, 0.5, 0.5), (alone.Samples, alone.TimeoutRate, alone.ExhaustionRate));
    }

    [Fact]
    public async Task Read_OfALineWithoutEnd_HoldsNoMoreThanItsBound()
    {
        var capture = await ReadAsync(new string('x', CaptureReader.LongestLine + 5) + "\n{\"event\":\"player.startup_timeline\"}\n" + new string(' ', 40_000) + "\r\n" + new string('[', 70_000));
        Assert.Equal(1, capture.Parsed);
        Assert.Equal(2, capture.InvalidJson);
        Assert.Null(Assert.Single(capture.Samples).TotalToAudibleMs);
    }

    [Fact]
    public async Task Read_OfTimesAndEngines_TellsWindowAndPopulation()
    {
        var capture = await ReadAsync(
            """
            {"ts":"2026-11-21T10:00:10Z","event":"player.startup_timeline","engine":"segmented"}
            {"ts":"2026-11-21T10:00:00Z","event":"session.create"}
            {"ts":"2026-11-21T11:00:00+01:00","event":"player.startup_timeline","engine":"direct"}
            {"ts":"yesterday","event":"player.startup_timeline","engine":7}
            """);
        Assert.Equal(TimeSpan.FromSeconds(10), capture.Window);
        Assert.Equal(["direct", "segmented"], capture.Population);
    }

    [Fact]
    public async Task Read_OfAFieldBesideAWrapper_TakesTheNearest()
    {
        var capture = await ReadAsync("""{"event":"player.startup_timeline","data":{"totalToAudibleMs":9},"totalToAudibleMs":"soon","metrics":{"totalToAudibleMs":7},"other":{"totalToAudibleMs":1}}""");
        Assert.Equal(9, Assert.Single(capture.Samples).TotalToAudibleMs);
    }

    private static Task<Capture> ReadAsync(string text) => CaptureReader.ReadAsync(new StringReader(text), TestContext.Current.CancellationToken);
}
