using Gateway.Adaptation;
using Gateway.Manifests.Timeline;
using Gateway.Prefetch;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class RenditionSwitchTests
{
    [Fact]
    public async Task Switch_KindsKnownFromTheLadder_FollowsAndLeavesTheAudioAlone()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("low", Of("low", 0, 99)), ("high", Of("high", 0, 99)), ("sound", Of("sound", 0, 99)));
        var ladder = new VariantLadder(
            [new Variant { Bandwidth = 1, Address = Address("low") }, new Variant { Bandwidth = 2, Address = Address("high") }],
            [new Rendition { Kind = RenditionKind.Audio, Group = "a", Address = Address("sound") }]);
        viewer.Ladders.Take(Address("ladder"), ladder, System.Collections.Frozen.FrozenDictionary<string, string>.Empty);
        house.Tell(viewer, Segment("low", 0));
        house.Tell(viewer, Segment("sound", 0));
        house.Tell(viewer, Segment("high", 1));
        Assert.All(house.Calls.Where(c => c.Request.Address.Path.StartsWith("/low/", StringComparison.Ordinal)), c => Assert.True(c.Cancellation.IsCancellationRequested));
        Assert.Equal(["/low/1.ts", "/low/2.ts", "/low/3.ts", "/sound/1.ts", "/sound/2.ts", "/sound/3.ts", "/high/2.ts", "/high/3.ts", "/high/4.ts"], house.Paths);
        Assert.All(house.Calls[3..], c => Assert.False(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task Switch_KindsUnknown_TheRenditionThatIsOvertakenIsLeft()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("low", Of("low", 0, 99)), ("high", Of("high", 0, 99)));
        house.Tell(viewer, Segment("low", 0));
        house.Tell(viewer, Segment("high", 1));
        Assert.All(house.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
        house.Tell(viewer, Segment("high", 2));
        Assert.All(house.Calls[..3], c => Assert.True(c.Cancellation.IsCancellationRequested));
        Assert.All(house.Calls[3..], c => Assert.False(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task AudioBesideVideo_KindsUnknown_BothGoOn()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer(("video", Of("video", 0, 99)), ("sound", Of("sound", 0, 99)));
        for (var i = 0; i < 5; i++)
        {
            house.Tell(viewer, Segment("video", i));
            house.Tell(viewer, Segment("sound", i));
        }

        Assert.All(house.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task WildSwitching_CostsNothingAheadAfterTheThirdTime()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var viewer = PrefetchHouse.Viewer([.. Enumerable.Range(0, 12).Select(i => ($"v{i}", (MediaTimeline)Of($"v{i}", 0, 99)))]);
        for (var i = 0; i < 1000; i++) house.Tell(viewer, Segment($"v{i % 12}", i * 37 % 90));
        Assert.InRange(house.Paths.Length, 1, TrailPlaces.Max * 7);
        Assert.InRange(house.Calls.Count(c => !c.Cancellation.IsCancellationRequested), 0, 8);
    }

    [Fact]
    public async Task TwoPlayersInOneViewing_WithNames_EachHasItsPlace()
    {
        await using var house = new PrefetchHouse();
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 999)));
        for (var i = 0; i < 10; i++)
        {
            await house.AskAsync(viewer, Segment("v", i), new CmcdReport { SessionId = "one" });
            await house.QuietAsync();
            await house.AskAsync(viewer, Segment("v", 500 + i), new CmcdReport { SessionId = "other" });
            await house.QuietAsync();
        }

        Assert.Equal(18, house.Outcome("used"));
        Assert.Equal(0, house.Outcome("dropped"));
    }

    [Fact]
    public async Task TwoPlayersInOneViewing_WithoutNames_CostNoMoreThanTheyAskFor()
    {
        await using var house = new PrefetchHouse();
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 999)));
        for (var i = 0; i < 50; i++)
        {
            await house.AskAsync(viewer, Segment("v", i));
            await house.AskAsync(viewer, Segment("v", 500 + i));
        }

        await house.QuietAsync();
        Assert.InRange(house.Paths.Length, 100, 100 + 7);
        Assert.Equal(house.Paths.Length, house.Paths.Distinct().Count());
    }
}
