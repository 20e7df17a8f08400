using Gateway.Manifests.Timeline;
using Gateway.Prefetch;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class LivePrefetchTests
{
    [Fact]
    public async Task Live_ReloadAtTheEdge_FetchesWhatIsNew()
    {
        await using var house = new PrefetchHouse();
        var viewer = new ViewingTrail();
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 3, ended: false)]);
        await house.AskAsync(viewer, Segment("live", 3));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 2, 4, ended: false)]);
        house.Prefetcher.Reloaded(viewer, Address("live"));
        Assert.Equal(["/live/3.ts", "/live/4.ts"], house.Paths);
        await house.QuietAsync();
        Assert.True(await house.AskAsync(viewer, Segment("live", 4)));
    }

    [Fact]
    public async Task Live_ReloadForAViewerWhoAsksForNothing_FetchesNothing()
    {
        await using var house = new PrefetchHouse();
        var viewer = new ViewingTrail();
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 3, ended: false)]);
        house.Prefetcher.Reloaded(viewer, Address("live"));
        house.Tell(viewer, Segment("live", 3));
        house.Cellar.Clock.Advance(TimeSpan.FromSeconds(61));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 2, 5, ended: false)]);
        house.Prefetcher.Reloaded(viewer, Address("live"));
        Assert.Empty(house.Paths);
    }

    [Fact]
    public async Task Live_PlaylistThatShrinksOrStartsAnew_FetchesNothingUnlisted()
    {
        await using var house = new PrefetchHouse();
        var viewer = new ViewingTrail();
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 50, ended: false)]);
        house.Tell(viewer, Segment("live", 50));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), [Of("live", 1, 2, ended: false)]);
        house.Prefetcher.Reloaded(viewer, Address("live"));
        house.Tell(viewer, Segment("live", 50));
        viewer.Loaded(StreamingProtocol.Hls, Address("live"), []);
        house.Prefetcher.Reloaded(viewer, Address("live"));
        Assert.Empty(house.Paths);
        house.Tell(viewer, Segment("live", 1));
        Assert.Equal(["/live/2.ts"], house.Paths);
    }

    [Fact]
    public async Task Live_RenditionLeftByASwitch_IsNotGoneOnWith()
    {
        await using var house = new PrefetchHouse();
        var viewer = new ViewingTrail();
        var ladder = new VariantLadder([new Variant { Bandwidth = 1, Address = Address("low") }, new Variant { Bandwidth = 2, Address = Address("high") }], []);
        viewer.Ladders.Take(Address("ladder"), ladder, System.Collections.Frozen.FrozenDictionary<string, string>.Empty);
        viewer.Loaded(StreamingProtocol.Hls, Address("low"), [Of("low", 1, 3, ended: false)]);
        viewer.Loaded(StreamingProtocol.Hls, Address("high"), [Of("high", 1, 4, ended: false)]);
        house.Tell(viewer, Segment("low", 3));
        house.Tell(viewer, Segment("high", 4));
        viewer.Loaded(StreamingProtocol.Hls, Address("low"), [Of("low", 2, 5, ended: false)]);
        house.Prefetcher.Reloaded(viewer, Address("low"));
        Assert.Empty(house.Paths);
    }
}
