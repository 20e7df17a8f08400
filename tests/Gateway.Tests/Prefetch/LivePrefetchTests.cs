using Gateway.Media;
using Gateway.Prefetch;
using Gateway.Timelines;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class LivePrefetchTests
{
    [Fact]
    public async Task Live_ReloadAtTheEdge_FetchesWhatIsNew()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = new PlaybackTracker();
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 3, ended: false)]);
        await fixture.AskAsync(viewer, Segment("live", 3));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 2, 4, ended: false)]);
        fixture.Prefetcher.Reloaded(viewer, Address("live"));
        Assert.Equal(["/live/3.ts", "/live/4.ts"], fixture.Paths);
        await fixture.QuietAsync();
        Assert.True(await fixture.AskAsync(viewer, Segment("live", 4)));
    }

    [Fact]
    public async Task Live_ReloadWithoutMediaRequests_FetchesNothing()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = new PlaybackTracker();
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 3, ended: false)]);
        fixture.Prefetcher.Reloaded(viewer, Address("live"));
        fixture.Tell(viewer, Segment("live", 3));
        fixture.Caching.Clock.Advance(TimeSpan.FromSeconds(61));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 2, 5, ended: false)]);
        fixture.Prefetcher.Reloaded(viewer, Address("live"));
        Assert.Empty(fixture.Paths);
    }

    [Fact]
    public async Task Live_PlaylistThatShrinksOrStartsAnew_FetchesNothingUnlisted()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = new PlaybackTracker();
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 50, ended: false)]);
        fixture.Tell(viewer, Segment("live", 50));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 2, ended: false)]);
        fixture.Prefetcher.Reloaded(viewer, Address("live"));
        fixture.Tell(viewer, Segment("live", 50));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), []);
        fixture.Prefetcher.Reloaded(viewer, Address("live"));
        Assert.Empty(fixture.Paths);
        fixture.Tell(viewer, Segment("live", 1));
        Assert.Equal(["/live/2.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Live_RenditionLeftByASwitch_IsNotPrefetched()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = new PlaybackTracker();
        var ladder = new VariantLadder([new Variant { Bandwidth = 1, Address = Address("low") }, new Variant { Bandwidth = 2, Address = Address("high") }], []);
        viewer.Ladders.Take(Address("ladder"), ladder, System.Collections.Frozen.FrozenDictionary<string, string>.Empty);
        viewer.Loaded(StreamingProtocol.Hls, Address("low"), [Of("low", 1, 3, ended: false)]);
        viewer.Loaded(StreamingProtocol.Hls, Address("high"), [Of("high", 1, 4, ended: false)]);
        fixture.Tell(viewer, Segment("low", 3));
        fixture.Tell(viewer, Segment("high", 4));
        viewer.Loaded(StreamingProtocol.Hls, Address("low"), [Of("low", 2, 5, ended: false)]);
        fixture.Prefetcher.Reloaded(viewer, Address("low"));
        Assert.Empty(fixture.Paths);
    }
}
