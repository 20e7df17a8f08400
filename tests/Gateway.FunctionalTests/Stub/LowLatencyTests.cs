using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Gateway.FunctionalTests.Stub;

/// <summary>Low-latency HLS as RFC 8216bis asks for it. One host a test, because waiting needs a clock of one's own.</summary>
public sealed partial class LowLatencyTests : IAsyncLifetime
{
    private const string Video = "/demo-ll/v360/index.m3u8";
    private static readonly TimeSpan s_part = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_segment = TimeSpan.FromSeconds(2);

    private readonly StubHost _stub = new();

    public async ValueTask InitializeAsync()
    {
        await _stub.InitializeAsync();
        // Somewhere inside a segment: four parts are complete, the fifth is being made.
        _stub.Clock.Advance(TimeSpan.FromMilliseconds(900));
    }

    public ValueTask DisposeAsync() => _stub.DisposeAsync();

    [Theory]
    [InlineData("v360", 2.0, 2.0)]
    [InlineData("a64", 1.984, 2.0054)]
    public async Task Parts_InThePlaylist_FillTheirSegmentsWithinTheTarget(string rendition, double shortest, double longest)
    {
        var text = await _stub.Client.GetStringAsync($"/demo-ll/{rendition}/index.m3u8");
        var target = double.Parse(PartTarget().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(target, 0.2, 0.33);

        foreach (var segment in Part().Matches(text).GroupBy(m => m.Groups["segment"].Value).SkipLast(1))
        {
            var durations = segment.Select(m => double.Parse(m.Groups["seconds"].Value, CultureInfo.InvariantCulture)).ToList();
            Assert.All(durations, d => Assert.True(d <= target));
            Assert.All(durations.SkipLast(1), d => Assert.True(d >= target * 0.85));
            Assert.InRange(durations.Sum(), shortest - 0.0001, longest + 0.0001);
            Assert.Equal(Enumerable.Range(0, durations.Count), segment.Select(m => int.Parse(m.Groups["part"].Value, CultureInfo.InvariantCulture)));
            Assert.EndsWith("INDEPENDENT=YES", segment.First().Value, StringComparison.Ordinal);
        }

        Assert.Equal(4, Part().Matches(text).Select(m => m.Groups["segment"].Value).Distinct().Count());
        Assert.Contains("CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.0", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v480")]
    [InlineData("a64")]
    public async Task Parts_Joined_AreTheSegment(string rendition)
    {
        var segment = await EdgeSegmentAsync() - 1;
        var joined = new MemoryStream();
        for (var part = 0; part < 10; part++) joined.Write(await _stub.Client.GetByteArrayAsync($"/demo-ll/{rendition}/part_{segment}.{part}.m4s"));

        Assert.Equal(await _stub.Client.GetByteArrayAsync($"/demo-ll/{rendition}/seg_{segment}.m4s"), joined.ToArray());
    }

    [Fact]
    public async Task Reload_ForTheNextPart_WaitsForItAndThenHasIt()
    {
        var edge = await EdgeSegmentAsync();
        var waiting = Enumerable.Range(0, 20).Select(_ => _stub.Client.GetAsync($"{Video}?_HLS_msn={edge}&_HLS_part=4")).ToList();
        await _stub.SeenAsync(21);
        Assert.DoesNotContain(waiting, w => w.IsCompleted);

        // 900 ms into the segment; the part ends at 1000 ms.
        await _stub.StepAsync(waiting.Count, s_part);
        foreach (var answer in await Task.WhenAll(waiting))
        {
            using (answer)
            {
                Assert.Equal(TimeSpan.FromSeconds(12), answer.Headers.CacheControl?.MaxAge);
                var text = await answer.Content.ReadAsStringAsync();
                Assert.Contains($"URI=\"part_{edge}.4.m4s\"", text, StringComparison.Ordinal);
                Assert.Contains($"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part_{edge}.", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Reload_ForAWholeSegment_HasTheWholeSegment()
    {
        var edge = await EdgeSegmentAsync();
        var asking = _stub.Client.GetAsync($"{Video}?_HLS_msn={edge}");
        await _stub.StepAsync(waiting: 1, s_segment);
        using var answer = await asking;

        Assert.Contains($"\nseg_{edge}.m4s\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_ForAPartBehindTheLast_MeansTheFirstOfTheNextSegment()
    {
        var edge = await EdgeSegmentAsync();
        var asking = _stub.Client.GetAsync($"{Video}?_HLS_msn={edge}&_HLS_part=10");
        await _stub.StepAsync(waiting: 1, s_segment);
        using var answer = await asking;

        Assert.Contains($"URI=\"part_{edge + 1}.0.m4s\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_ForWhatIsThere_DoesNotWait()
    {
        var edge = await EdgeSegmentAsync();
        using var past = await _stub.Client.GetAsync($"{Video}?_HLS_msn={edge - 5}");
        using var present = await _stub.Client.GetAsync($"{Video}?_HLS_msn={edge}&_HLS_part=3");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [past.StatusCode, present.StatusCode]);
    }

    [Theory]
    [InlineData("_HLS_part=1")]
    [InlineData("_HLS_msn=x")]
    [InlineData("_HLS_msn=-1")]
    [InlineData("_HLS_msn={edge}&_HLS_part=x")]
    [InlineData("_HLS_msn={edge+2}")]
    [InlineData("_HLS_msn={edge+1}&_HLS_part=9")]
    [InlineData("_HLS_msn=99999999999")]
    public async Task Reload_ThatTheDraftForbids_Is400AtOnce(string query)
    {
        var edge = await EdgeSegmentAsync();
        foreach (var (sign, number) in new[] { ("{edge}", edge), ("{edge+1}", edge + 1), ("{edge+2}", edge + 2) })
        {
            query = query.Replace(sign, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        using var answer = await _stub.Client.GetAsync($"{Video}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("YES")]
    [InlineData("v2")]
    public async Task Delta_AddedToWhatTheClientHas_IsTheWholePlaylist(string value)
    {
        var whole = await _stub.Client.GetStringAsync(Video);
        var delta = await _stub.Client.GetStringAsync($"{Video}?_HLS_skip={value}");
        var skip = Skip().Match(delta);

        var skipped = int.Parse(skip.Groups[1].Value, CultureInfo.InvariantCulture);
        var (before, after) = (delta[..skip.Index], delta[(skip.Index + skip.Length)..]);
        Assert.StartsWith(before, whole, StringComparison.Ordinal);
        Assert.EndsWith(after, whole, StringComparison.Ordinal);
        Assert.Equal(skipped, whole[before.Length..^after.Length].Split('\n').Count(line => line.StartsWith("seg_", StringComparison.Ordinal)));
        // Nothing within six target durations of the end may be left out.
        Assert.InRange(after.Split('\n').Count(line => line.StartsWith("seg_", StringComparison.Ordinal)), 6, 15);
    }

    [Fact]
    public async Task Skip_WithAnUnknownValue_IsTheWholePlaylist() =>
        Assert.Equal(await _stub.Client.GetStringAsync(Video), await _stub.Client.GetStringAsync($"{Video}?_HLS_skip=maybe"));

    [Fact]
    public async Task Part_ThatIsHinted_ComesWhenItIsComplete()
    {
        var edge = await EdgeSegmentAsync();
        var hinted = _stub.Client.GetAsync($"/demo-ll/v360/part_{edge}.4.m4s");
        using var further = await _stub.Client.GetAsync($"/demo-ll/v360/part_{edge}.5.m4s");
        await _stub.SeenAsync(3);
        Assert.False(hinted.IsCompleted);

        await _stub.StepAsync(waiting: 1, s_part);
        using var answer = await hinted;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((edge * 180000) + (4 * 18000), FragmentTimes.FirstDecodeTime(await answer.Content.ReadAsByteArrayAsync()));
        Assert.Equal(HttpStatusCode.NotFound, further.StatusCode);
    }

    [Fact]
    public async Task Part_LongAfterwards_IsGone()
    {
        var edge = await EdgeSegmentAsync();
        using var old = await _stub.Client.GetAsync($"/demo-ll/v360/part_{edge - 100}.0.m4s");

        Assert.Equal(HttpStatusCode.Gone, old.StatusCode);
    }

    [Fact]
    public async Task RenditionReports_OverTime_SayWhatTheRenditionsSay()
    {
        for (var step = 0; step < 25; step++, _stub.Clock.Advance(TimeSpan.FromMilliseconds(97)))
        {
            var reports = Report().Matches(await _stub.Client.GetStringAsync(Video));
            Assert.Equal(["a64", "v480", "v720"], reports.Select(r => r.Groups["folder"].Value));
            foreach (Match report in reports)
            {
                var last = Part().Matches(await _stub.Client.GetStringAsync($"/demo-ll/{report.Groups["folder"].Value}/index.m3u8"))[^1];
                Assert.Equal((last.Groups["segment"].Value, last.Groups["part"].Value), (report.Groups["msn"].Value, report.Groups["part"].Value));
            }
        }
    }

    [Fact]
    public async Task Playlist_StepByStepOverALoop_OnlyGrowsAtItsEnd()
    {
        string? newest = null;
        var breaks = 0;
        for (var step = 0; step < 170; step++, _stub.Clock.Advance(s_part))
        {
            var text = await _stub.Client.GetStringAsync(Video);
            var hint = Hint().Match(text).Groups[1].Value;
            // What was hinted at has become the last part.
            if (newest is not null) Assert.Equal(newest, Part().Matches(text)[^1].Groups["name"].Value);
            newest = hint;
            breaks = Math.Max(breaks, text.Split("#EXT-X-DISCONTINUITY\n").Length - 1);
        }

        // Sixteen whole segments and a part of the next hold the starts of two loops of sixteen.
        Assert.Equal(2, breaks);
    }

    private async Task<long> EdgeSegmentAsync() =>
        long.Parse(Hint().Match(await _stub.Client.GetStringAsync(Video)).Groups["segment"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("PART-TARGET=([\\d.]+)")]
    private static partial Regex PartTarget();

    [GeneratedRegex("#EXT-X-PART:DURATION=(?<seconds>[\\d.]+),URI=\"(?<name>part_(?<segment>\\d+)\\.(?<part>\\d+)\\.m4s)\".*")]
    private static partial Regex Part();

    [GeneratedRegex("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"(part_(?<segment>\\d+)\\.\\d+\\.m4s)\"")]
    private static partial Regex Hint();

    [GeneratedRegex("#EXT-X-SKIP:SKIPPED-SEGMENTS=(\\d+)\\n")]
    private static partial Regex Skip();

    [GeneratedRegex("#EXT-X-RENDITION-REPORT:URI=\"\\.\\./(?<folder>\\w+)/index\\.m3u8\",LAST-MSN=(?<msn>\\d+),LAST-PART=(?<part>\\d+)")]
    private static partial Regex Report();
}
