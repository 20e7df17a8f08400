using Gateway.Adaptation;
using Gateway.Prefetch;
using Gateway.Timelines;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class RenditionSwitchTests
{
    [Fact]
    public async Task Switch_KindsKnownFromTheLadder_FollowsAndLeavesTheAudioAlone()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("low", Of("low", 0, 99)), ("high", Of("high", 0, 99)), ("sound", Of("sound", 0, 99)));
        var ladder = new VariantLadder(
            [new Variant { Bandwidth = 1, Address = Address("low") }, new Variant { Bandwidth = 2, Address = Address("high") }],
            [new Rendition { Kind = RenditionKind.Audio, Group = "a", Address = Address("sound") }]);
        viewer.Ladders.Take(Address("ladder"), ladder, System.Collections.Frozen.FrozenDictionary<string, string>.Empty);
        fixture.Tell(viewer, Segment("low", 0));
        fixture.Tell(viewer, Segment("sound", 0));
        fixture.Tell(viewer, Segment("high", 1));
        Assert.All(fixture.Calls.Where(c => c.Request.Address.Path.StartsWith("/low/", StringComparison.Ordinal)), c => Assert.True(c.Cancellation.IsCancellationRequested));
        Assert.Equal(["/low/1.ts", "/low/2.ts", "/low/3.ts", "/sound/1.ts", "/sound/2.ts", "/sound/3.ts", "/high/2.ts", "/high/3.ts", "/high/4.ts"], fixture.Paths);
        Assert.All(fixture.Calls[3..], c => Assert.False(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task Switch_KindsUnknown_DropsTheOvertakenRendition()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("low", Of("low", 0, 99)), ("high", Of("high", 0, 99)));
        fixture.Tell(viewer, Segment("low", 0));
        fixture.Tell(viewer, Segment("high", 1));
        Assert.All(fixture.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
        fixture.Tell(viewer, Segment("high", 2));
        Assert.All(fixture.Calls[..3], c => Assert.True(c.Cancellation.IsCancellationRequested));
        Assert.All(fixture.Calls[3..], c => Assert.False(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task AudioBesideVideo_KindsUnknown_BothGoOn()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer(("video", Of("video", 0, 99)), ("sound", Of("sound", 0, 99)));
        for (var i = 0; i < 5; i++)
        {
            fixture.Tell(viewer, Segment("video", i));
            fixture.Tell(viewer, Segment("sound", i));
        }

        Assert.All(fixture.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task Switch_WildSwitching_PrefetchesNothingAfterTheThirdTime()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var viewer = PrefetchFixture.Viewer([.. Enumerable.Range(0, 12).Select(i => ($"v{i}", (MediaTimeline)Of($"v{i}", 0, 99)))]);
        for (var i = 0; i < 1000; i++) fixture.Tell(viewer, Segment($"v{i % 12}", i * 37 % 90));
        Assert.InRange(fixture.Paths.Length, 1, TrackedPositions.Max * 7);
        Assert.InRange(fixture.Calls.Count(c => !c.Cancellation.IsCancellationRequested), 0, 8);
    }

    [Fact]
    public async Task TwoPlayersInOneSession_WithNames_EachHasItsPosition()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 999)));
        for (var i = 0; i < 10; i++)
        {
            await fixture.AskAsync(viewer, Segment("v", i), new CmcdReport { SessionId = "one" });
            await fixture.QuietAsync();
            await fixture.AskAsync(viewer, Segment("v", 500 + i), new CmcdReport { SessionId = "other" });
            await fixture.QuietAsync();
        }

        Assert.Equal(18, fixture.Outcome("used"));
        Assert.Equal(0, fixture.Outcome("dropped"));
    }

    [Fact]
    public async Task TwoPlayersInOneSession_WithoutNames_CostNoMoreThanTheirRequests()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 999)));
        for (var i = 0; i < 50; i++)
        {
            await fixture.AskAsync(viewer, Segment("v", i));
            await fixture.AskAsync(viewer, Segment("v", 500 + i));
        }

        await fixture.QuietAsync();
        Assert.InRange(fixture.Paths.Length, 100, 100 + 7);
        Assert.Equal(fixture.Paths.Length, fixture.Paths.Distinct().Count());
    }
}
