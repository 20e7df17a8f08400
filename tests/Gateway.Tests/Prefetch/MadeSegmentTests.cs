using Gateway.Tests.Caching;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

/// <summary>Prefetch of what a transcoder makes when it is asked for.</summary>
public sealed class MadeSegmentTests
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("/made/", true)]
    [InlineData("/other/", false)]
    public async Task Segment_SlowerThanTheTimeout_IsWaitedForAsLongAsItMayBeInTheMaking(string folder, bool isMade)
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.Timeout) = (1, Usual), cache: o => o.LingerTime = TimeSpan.Zero) { Answers = false };
        (fixture.Transcoder.Url, fixture.Transcoder.MediaFolders) = ("http://transcoder.example/", [folder]);
        var viewer = PrefetchFixture.Viewer(("made/v", Of("made/v", 0, 99)));
        fixture.Tell(viewer, Segment("made/v", 0));
        fixture.Caching.Clock.Advance(Usual);
        if (!isMade)
        {
            await Deadline.Until(() => fixture.Calls[0].Cancellation.IsCancellationRequested);
            return;
        }

        // Its player comes at the last moment, and gets what was prefetched: nothing is made twice.
        fixture.Caching.Clock.Advance(fixture.Transcoder.SegmentPatience - TimeSpan.FromSeconds(1));
        Assert.False(fixture.Calls[0].Cancellation.IsCancellationRequested);
        fixture.Tell(viewer, Segment("made/v", 0));
        var open = fixture.Caching.OpenAsync(CacheFixture.Request(Segment("made/v", 1).Path));
        fixture.Calls[0].Answer(200, [1]);
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal([1], await reply.ReadAllAsync());
        Assert.True(reply.WasPrefetched);
        Assert.Single(fixture.Calls);
    }

    [Fact]
    public async Task Segment_NeverMade_IsGivenUpInTheEnd()
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.Timeout) = (1, Usual), cache: o => o.LingerTime = TimeSpan.Zero) { Answers = false };
        (fixture.Transcoder.Url, fixture.Transcoder.MediaFolders) = ("http://transcoder.example/", ["/made/"]);
        fixture.Tell(PrefetchFixture.Viewer(("made/v", Of("made/v", 0, 99))), Segment("made/v", 0));
        fixture.Caching.Clock.Advance(Usual + fixture.Transcoder.SegmentPatience);
        await Deadline.Until(() => fixture.Calls[0].Cancellation.IsCancellationRequested && fixture.Outcome("failed") == 1);
        await fixture.QuietAsync();
    }
}
