using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Media;
using Gateway.Origin;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

/// <summary>A request that no manifest of its session lists is looked up once; what is loaded between that and its answer counts all the same.</summary>
public sealed class UnlistedRequestTests
{
    [Fact]
    public async Task Asked_UnlistedWhenItCameIn_FetchesNothing()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 9)));
        var location = viewer.Locate(Segment("w", 3), null);
        Assert.True(viewer.IsStillNowhere(location));
        fixture.Prefetcher.Asked(viewer, Wanted("w", 3), 100, null, location);
        Assert.Empty(fixture.Paths);
    }

    [Fact]
    public async Task Asked_ManifestLoadedSinceItCameIn_FetchesWhatFollows()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 9)));
        var location = viewer.Locate(Segment("w", 3), null);
        viewer.Loaded(StreamingProtocol.Hls, Address("w"), [Of("w", 0, 9)]);
        Assert.False(viewer.IsStillNowhere(location));
        fixture.Prefetcher.Asked(viewer, Wanted("w", 3), 100, null, location);
        Assert.Equal(["/w/4.ts", "/w/5.ts", "/w/6.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Asked_NobodyLookedItUp_FetchesWhatFollows()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 9)));
        Assert.False(viewer.IsStillNowhere(default));
        Assert.False(viewer.IsStillNowhere(viewer.Locate(Segment("v", 3), null)));
        fixture.Prefetcher.Asked(viewer, Wanted("v", 3), 100, null);
        Assert.Equal(["/v/4.ts", "/v/5.ts", "/v/6.ts"], fixture.Paths);
    }

    private static CacheRequest Wanted(string folder, int number) => new() { Address = Segment(folder, number), Purpose = FetchPurpose.Demand, Rules = StorageRules.Media };
}
