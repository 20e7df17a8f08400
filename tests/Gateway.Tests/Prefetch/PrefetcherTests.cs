using Gateway.Adaptation;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Tests.Caching;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class PrefetcherTests
{
    [Fact]
    public async Task Asked_Segment0_FetchesTheNextThreeAndThenOneMoreEach()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 9)));
        Assert.False(await fixture.AskAsync(viewer, Segment("v", 0)));
        Assert.Equal(["/v/0.ts", "/v/1.ts", "/v/2.ts", "/v/3.ts"], fixture.Paths);
        await fixture.QuietAsync();
        Assert.True(await fixture.AskAsync(viewer, Segment("v", 1)));
        Assert.Equal(["/v/0.ts", "/v/1.ts", "/v/2.ts", "/v/3.ts", "/v/4.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Asked_OriginGetsSlowAndQuickAgain_FetchesDeeperAndThenAsFarAsBefore()
    {
        await using var fixture = new PrefetchFixture();
        for (var i = 0; i < FirstByteTimes.Enough; i++) fixture.FirstBytes.Add("origin", TimeSpan.FromSeconds(8));
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 19)));
        await fixture.AskAsync(viewer, Segment("v", 0));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"/v/{i}.ts"), fixture.Paths);
        await fixture.QuietAsync();
        for (var i = 0; i < 300; i++) fixture.FirstBytes.Add("origin", TimeSpan.FromMilliseconds(5));
        await fixture.AskAsync(viewer, Segment("v", 1));
        await fixture.AskAsync(viewer, Segment("v", 2));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"/v/{i}.ts"), fixture.Paths);
        await fixture.AskAsync(viewer, Segment("v", 3));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"/v/{i}.ts"), fixture.Paths);
    }

    [Fact]
    public async Task Asked_ToTheEnd_FetchesEachOnceAndNothingBeyond()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 9)));
        for (var i = 0; i <= 9; i++)
        {
            Assert.Equal(i > 0, await fixture.AskAsync(viewer, Segment("v", i)));
            await fixture.QuietAsync();
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"/v/{i}.ts"), fixture.Paths);
        Assert.Equal(9, fixture.Outcome("used"));
        Assert.Equal(9, fixture.Outcomes);
    }

    [Fact]
    public async Task Asked_RandomNamesAndGaps_FetchesOnlyListedSegments()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Read("v", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n7.ts\n#EXTINF:2,\n#EXT-X-GAP\n5.ts\n#EXTINF:2,\nhttp://elsewhere.example/6.ts\n#EXTINF:2,\n2.ts\n#EXT-X-ENDLIST\n")));
        await fixture.AskAsync(viewer, Segment("v", 7));
        Assert.Equal(["/v/7.ts", "/v/2.ts"], fixture.Paths);
    }

    [Theory]
    [InlineData(30, 2)]
    [InlineData(60, 1)]
    [InlineData(90, 0)]
    [InlineData(10, 3)]
    public async Task Asked_LongSegments_StaysWithinAMinute(double seconds, int expected)
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 9, seconds))), Segment("v", 0));
        Assert.Equal(expected, fixture.Paths.Length);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(10, 5)]
    public async Task Asked_MoreSegmentsThanTheBufferTakes_StaysWithinIt(int segments, int ahead)
    {
        await using var fixture = new PrefetchFixture(o => o.Segments = segments, b => b.AheadSegments = ahead);
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 19))), Segment("v", 0));
        Assert.Equal(ahead, fixture.Paths.Length);
    }

    [Theory]
    [InlineData(34L << 20, 1)]
    [InlineData(30L << 20, 2)]
    [InlineData(65L << 20, 0)]
    public async Task Asked_LargeSegments_StaysWithinTheBytesOfOneSession(long bytes, int expected)
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 9))), Segment("v", 0), bytes: bytes);
        Assert.Equal(expected, fixture.Paths.Length);
    }

    [Fact]
    public async Task Seek_PrefetchesUnderWay_AreGivenUp()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 199)));
        fixture.Tell(viewer, Segment("v", 10));
        fixture.Tell(viewer, Segment("v", 100));
        Assert.All(fixture.Calls[..3], c => Assert.True(c.Cancellation.IsCancellationRequested));
        Assert.Equal(["/v/11.ts", "/v/12.ts", "/v/13.ts", "/v/101.ts", "/v/102.ts", "/v/103.ts"], fixture.Paths);
        Assert.All(fixture.Calls[3..], c => Assert.False(c.Cancellation.IsCancellationRequested));
        await Deadline.Until(() => fixture.Outcome("dropped") == 3);
    }

    [Fact]
    public async Task Seek_WhileADemandReadsAlong_LeavesThatAlone()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 199)));
        fixture.Tell(viewer, Segment("v", 10));
        var demand = fixture.Caching.OpenAsync(CacheFixture.Request("/v/12.ts"));
        fixture.Tell(viewer, Segment("v", 100));
        Assert.False(fixture.CallOf(Segment("v", 12)).Cancellation.IsCancellationRequested);
        Assert.True(fixture.CallOf(Segment("v", 13)).Cancellation.IsCancellationRequested);
        fixture.CallOf(Segment("v", 12)).Answer(200, [1, 2]);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal([1, 2], await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Seek_WhileAnotherViewerWantsIt_LeavesThatAlone()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var timeline = Of("v", 0, 199);
        var (one, other) = (PrefetchFixture.Viewer(("v", timeline)), PrefetchFixture.Viewer(("v", timeline)));
        fixture.Tell(one, Segment("v", 10));
        fixture.Tell(other, Segment("v", 11));
        fixture.Tell(one, Segment("v", 100));
        Assert.True(fixture.CallOf(Segment("v", 11)).Cancellation.IsCancellationRequested);
        Assert.False(fixture.CallOf(Segment("v", 12)).Cancellation.IsCancellationRequested);
        Assert.False(fixture.CallOf(Segment("v", 13)).Cancellation.IsCancellationRequested);
        other.End();
        Assert.True(fixture.CallOf(Segment("v", 13)).Cancellation.IsCancellationRequested);
        Assert.Equal(fixture.Paths.Length, fixture.Paths.Distinct().Count());
    }

    [Fact]
    public async Task Playback_NextSegmentRequested_IsNotGivenUp()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 199)));
        for (var i = 0; i < 4; i++) fixture.Tell(viewer, Segment("v", i));
        Assert.All(fixture.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
        Assert.Equal(6, fixture.Paths.Length);
    }

    [Fact]
    public async Task SessionEnd_PrefetchesUnderWay_AreGivenUpAndNoneFollows()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Tell(viewer, Segment("v", 0));
        viewer.End();
        Assert.All(fixture.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        fixture.Tell(viewer, Segment("v", 1));
        Assert.All(fixture.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        await Deadline.Until(() => fixture.Caching.Cache.FetchesUnderWay == 0);
        Assert.Equal(fixture.Calls.Length, fixture.Outcome("dropped"));
    }

    [Fact]
    public async Task Paused_ByHeartbeat_StopsUntilItPlaysOrTheReportExpires()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Tell(viewer, Segment("v", 0));
        viewer.Paused(true, fixture.Caching.Clock.GetUtcNow());
        Assert.All(fixture.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        fixture.Tell(viewer, Segment("v", 1));
        Assert.Equal(3, fixture.Paths.Length);
        viewer.Paused(false, fixture.Caching.Clock.GetUtcNow());
        fixture.Tell(viewer, Segment("v", 2));
        Assert.Equal(["/v/3.ts", "/v/4.ts", "/v/5.ts"], fixture.Paths[3..]);
        viewer.Paused(true, fixture.Caching.Clock.GetUtcNow());
        fixture.Caching.Clock.Advance(TimeSpan.FromMinutes(1));
        fixture.Tell(viewer, Segment("v", 3));
        Assert.Equal(["/v/4.ts", "/v/5.ts", "/v/6.ts"], fixture.Paths[6..]);
    }

    [Theory]
    [InlineData("a", 1, false, 0)]
    [InlineData("e", 1, false, 0)]
    [InlineData("p", 0, false, 3)]
    [InlineData(null, 0, false, 0)]
    [InlineData(null, 0, true, 3)]
    public async Task Paused_ByCmcdState_FetchesNothing(string? state, double rate, bool startup, int expected)
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 99))), Segment("v", 0), new CmcdReport { State = state, PlaybackRate = rate, Startup = startup });
        Assert.Equal(expected, fixture.Paths.Length);
    }

    [Fact]
    public async Task BrokenOff_PrefetchesOfThatRendition_AreGivenUp()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)), ("a", Of("a", 0, 99)));
        fixture.Tell(viewer, Segment("a", 0));
        fixture.Tell(viewer, Segment("v", 0));
        fixture.Prefetcher.BrokenOff(viewer, Segment("v", 0), null);
        fixture.Prefetcher.BrokenOff(viewer, Segment("v", 50), null);
        Assert.All(fixture.Calls, c => Assert.Equal(c.Request.Address.Path.StartsWith("/v/", StringComparison.Ordinal), c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task Seek_WildSeeking_PrefetchesNothingAfterTheThirdTime()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 100_000)));
        for (var i = 0; i < 1000; i++) fixture.Tell(viewer, Segment("v", i * 7919 % 100_000));
        Assert.Equal(3 + 3 + 1, fixture.Paths.Length);
        fixture.Tell(viewer, Segment("v", 999 * 7919 % 100_000 + 1));
        Assert.Equal(3 + 3 + 1 + 3, fixture.Paths.Length);
    }

    [Theory]
    [InlineData("/film/master.m3u8", "/film/")]
    [InlineData("/film.mp4", "/v/")]
    public async Task Fetched_SessionWithATitle_CountsForIt(string entry, string title)
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        viewer.BeganWith(new MediaAddress("origin", entry, ""));
        fixture.Tell(viewer, Segment("v", 0));
        await fixture.QuietAsync();
        Assert.Equal([title, title, title], fixture.Caching.Cache.Index.SelectMany(s => s.Entries).Select(e => e.Title));
    }

    [Fact]
    public async Task Asked_PrefetchOff_FetchesNothing()
    {
        await using var fixture = new PrefetchFixture(o => o.Segments = 0);
        await fixture.AskAsync(PrefetchFixture.Viewer(("v", Of("v", 0, 9))), Segment("v", 0));
        Assert.Equal(["/v/0.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Asked_UnlistedAddress_FetchesNothing()
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 9))), Segment("v", 77));
        fixture.Tell(new PlaybackTracker(), Segment("v", 1));
        Assert.Empty(fixture.Paths);
    }
}
