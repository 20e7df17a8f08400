using Gateway.Adaptation;
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
        await using var house = new PrefetchHouse();
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 9)));
        Assert.False(await house.AskAsync(viewer, Segment("v", 0)));
        Assert.Equal(["/v/0.ts", "/v/1.ts", "/v/2.ts", "/v/3.ts"], house.Paths);
        await house.QuietAsync();
        Assert.True(await house.AskAsync(viewer, Segment("v", 1)));
        Assert.Equal(["/v/0.ts", "/v/1.ts", "/v/2.ts", "/v/3.ts", "/v/4.ts"], house.Paths);
    }

    [Fact]
    public async Task Asked_ToTheEnd_FetchesEachOnceAndNothingBeyond()
    {
        await using var house = new PrefetchHouse();
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 9)));
        for (var i = 0; i <= 9; i++)
        {
            Assert.Equal(i > 0, await house.AskAsync(viewer, Segment("v", i)));
            await house.QuietAsync();
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"/v/{i}.ts"), house.Paths);
        Assert.Equal(9, house.Outcome("used"));
        Assert.Equal(9, house.Outcomes);
    }

    [Fact]
    public async Task Asked_RandomNamesAndGaps_FetchesOnlyWhatIsListed()
    {
        await using var house = new PrefetchHouse();
        var viewer = PrefetchHouse.Viewer(("v", Read("v", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n7.ts\n#EXTINF:2,\n#EXT-X-GAP\n5.ts\n#EXTINF:2,\nhttp://elsewhere.example/6.ts\n#EXTINF:2,\n2.ts\n#EXT-X-ENDLIST\n")));
        await house.AskAsync(viewer, Segment("v", 7));
        Assert.Equal(["/v/7.ts", "/v/2.ts"], house.Paths);
    }

    [Theory]
    [InlineData(30, 2)]
    [InlineData(60, 1)]
    [InlineData(90, 0)]
    [InlineData(10, 3)]
    public async Task Asked_LongSegments_StaysWithinAMinute(double seconds, int expected)
    {
        await using var house = new PrefetchHouse();
        house.Tell(PrefetchHouse.Viewer(("v", Of("v", 0, 9, seconds))), Segment("v", 0));
        Assert.Equal(expected, house.Paths.Length);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(10, 5)]
    public async Task Asked_MoreSegmentsThanTheBufferTakes_StaysWithinIt(int segments, int ahead)
    {
        await using var house = new PrefetchHouse(o => o.Segments = segments, b => b.AheadSegments = ahead);
        house.Tell(PrefetchHouse.Viewer(("v", Of("v", 0, 19))), Segment("v", 0));
        Assert.Equal(ahead, house.Paths.Length);
    }

    [Theory]
    [InlineData(34L << 20, 1)]
    [InlineData(30L << 20, 2)]
    [InlineData(65L << 20, 0)]
    public async Task Asked_LargeSegments_StaysWithinTheBytesOfOneViewer(long bytes, int expected)
    {
        await using var house = new PrefetchHouse();
        house.Tell(PrefetchHouse.Viewer(("v", Of("v", 0, 9))), Segment("v", 0), bytes: bytes);
        Assert.Equal(expected, house.Paths.Length);
    }

    [Fact]
    public async Task Seek_GivesUpWhatWasWantedThere()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 199)));
        house.Tell(viewer, Segment("v", 10));
        house.Tell(viewer, Segment("v", 100));
        Assert.All(house.Calls[..3], c => Assert.True(c.Cancellation.IsCancellationRequested));
        Assert.Equal(["/v/11.ts", "/v/12.ts", "/v/13.ts", "/v/101.ts", "/v/102.ts", "/v/103.ts"], house.Paths);
        Assert.All(house.Calls[3..], c => Assert.False(c.Cancellation.IsCancellationRequested));
        await Deadline.Until(() => house.Outcome("dropped") == 3);
    }

    [Fact]
    public async Task Seek_WhileADemandReadsAlong_LeavesThatAlone()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 199)));
        house.Tell(viewer, Segment("v", 10));
        var demand = house.Cellar.OpenAsync(CellarHouse.Request("/v/12.ts"));
        house.Tell(viewer, Segment("v", 100));
        Assert.False(house.CallOf(Segment("v", 12)).Cancellation.IsCancellationRequested);
        Assert.True(house.CallOf(Segment("v", 13)).Cancellation.IsCancellationRequested);
        house.CallOf(Segment("v", 12)).Answer(200, [1, 2]);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal([1, 2], await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Seek_WhileAnotherViewerWantsIt_LeavesThatAlone()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var timeline = Of("v", 0, 199);
        var (one, other) = (PrefetchHouse.Viewer(("v", timeline)), PrefetchHouse.Viewer(("v", timeline)));
        house.Tell(one, Segment("v", 10));
        house.Tell(other, Segment("v", 11));
        house.Tell(one, Segment("v", 100));
        Assert.True(house.CallOf(Segment("v", 11)).Cancellation.IsCancellationRequested);
        Assert.False(house.CallOf(Segment("v", 12)).Cancellation.IsCancellationRequested);
        Assert.False(house.CallOf(Segment("v", 13)).Cancellation.IsCancellationRequested);
        other.End();
        Assert.True(house.CallOf(Segment("v", 13)).Cancellation.IsCancellationRequested);
        Assert.Equal(house.Paths.Length, house.Paths.Distinct().Count());
    }

    [Fact]
    public async Task GoingOn_WhatWasAskedForIsNotGivenUp()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 199)));
        for (var i = 0; i < 4; i++) house.Tell(viewer, Segment("v", i));
        Assert.All(house.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
        Assert.Equal(6, house.Paths.Length);
    }

    [Fact]
    public async Task SessionEnd_ClosesWhatIsUnderWayAndFetchesNothingMore()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        house.Tell(viewer, Segment("v", 0));
        viewer.End();
        Assert.All(house.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        house.Tell(viewer, Segment("v", 1));
        Assert.All(house.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        await Deadline.Until(() => house.Cellar.Cellar.FetchesUnderWay == 0);
        Assert.Equal(house.Calls.Length, house.Outcome("dropped"));
    }

    [Fact]
    public async Task Paused_ByHeartbeat_StopsUntilItPlaysOrIsNotHeardOf()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        house.Tell(viewer, Segment("v", 0));
        viewer.Paused(true, house.Cellar.Clock.GetUtcNow());
        Assert.All(house.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        house.Tell(viewer, Segment("v", 1));
        Assert.Equal(3, house.Paths.Length);
        viewer.Paused(false, house.Cellar.Clock.GetUtcNow());
        house.Tell(viewer, Segment("v", 2));
        Assert.Equal(["/v/3.ts", "/v/4.ts", "/v/5.ts"], house.Paths[3..]);
        viewer.Paused(true, house.Cellar.Clock.GetUtcNow());
        house.Cellar.Clock.Advance(TimeSpan.FromMinutes(1));
        house.Tell(viewer, Segment("v", 3));
        Assert.Equal(["/v/4.ts", "/v/5.ts", "/v/6.ts"], house.Paths[6..]);
    }

    [Theory]
    [InlineData("a", 1, false, 0)]
    [InlineData("e", 1, false, 0)]
    [InlineData("p", 0, false, 3)]
    [InlineData(null, 0, false, 0)]
    [InlineData(null, 0, true, 3)]
    public async Task Paused_ByThePlayersWord_FetchesNothing(string? state, double rate, bool startup, int expected)
    {
        await using var house = new PrefetchHouse();
        house.Tell(PrefetchHouse.Viewer(("v", Of("v", 0, 99))), Segment("v", 0), new CmcdReport { State = state, PlaybackRate = rate, Startup = startup });
        Assert.Equal(expected, house.Paths.Length);
    }

    [Fact]
    public async Task BrokenOff_GivesUpWhatWasToFollow()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)), ("a", Of("a", 0, 99)));
        house.Tell(viewer, Segment("a", 0));
        house.Tell(viewer, Segment("v", 0));
        house.Prefetcher.BrokenOff(viewer, Segment("v", 0), null);
        house.Prefetcher.BrokenOff(viewer, Segment("v", 50), null);
        Assert.All(house.Calls, c => Assert.Equal(c.Request.Address.Path.StartsWith("/v/", StringComparison.Ordinal), c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task WildSeeking_CostsNothingAheadAfterTheThirdTime()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 100_000)));
        for (var i = 0; i < 1000; i++) house.Tell(viewer, Segment("v", i * 7919 % 100_000));
        Assert.Equal(3 + 3 + 1, house.Paths.Length);
        house.Tell(viewer, Segment("v", 999 * 7919 % 100_000 + 1));
        Assert.Equal(3 + 3 + 1 + 3, house.Paths.Length);
    }

    [Theory]
    [InlineData("/film/master.m3u8", "/film/")]
    [InlineData("/film.mp4", "/v/")]
    public async Task Fetched_CountsForTheTitleOfTheViewing(string entry, string title)
    {
        await using var house = new PrefetchHouse();
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        viewer.BeganWith(new MediaAddress("origin", entry, ""));
        house.Tell(viewer, Segment("v", 0));
        await house.QuietAsync();
        Assert.Equal([title, title, title], house.Cellar.Cellar.Index.SelectMany(s => s.Entries).Select(e => e.Title));
    }

    [Fact]
    public async Task Off_FetchesNothing()
    {
        await using var house = new PrefetchHouse(o => o.Segments = 0);
        await house.AskAsync(PrefetchHouse.Viewer(("v", Of("v", 0, 9))), Segment("v", 0));
        Assert.Equal(["/v/0.ts"], house.Paths);
    }

    [Fact]
    public async Task UnlistedAddress_FetchesNothing()
    {
        await using var house = new PrefetchHouse();
        house.Tell(PrefetchHouse.Viewer(("v", Of("v", 0, 9))), Segment("v", 77));
        house.Tell(new ViewingTrail(), Segment("v", 1));
        Assert.Empty(house.Paths);
    }
}
