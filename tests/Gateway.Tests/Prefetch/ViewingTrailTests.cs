using Gateway.Manifests.Timeline;
using Gateway.Prefetch;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

[Collection(nameof(MeasuresMemory))]
public sealed class ViewingTrailTests
{
    [Fact]
    public void Manifest_WithManyRenditions_AllAreFollowedForLittleMemory()
    {
        const int count = 10_000;
        var timelines = Enumerable.Range(0, 100).Select(i => (MediaTimeline)Of($"r{i}", i * 100, (i * 100) + 3)).ToArray();
        var trail = new ViewingTrail();
        trail.Loaded(StreamingProtocol.Dash, Address("mpd"), timelines);
        for (var i = 0; i < timelines.Length; i++) Assert.True(trail.Lists(timelines[i][0].Address));

        var trails = new ViewingTrail[count];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++) (trails[i] = new ViewingTrail()).Loaded(StreamingProtocol.Dash, Address("mpd"), timelines);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        Assert.InRange(each, 100, 1000);
        GC.KeepAlive(trails);
    }

    [Fact]
    public void Manifests_MoreThanAreRemembered_TheOneThatPlaysIsNotForgotten()
    {
        var trail = new ViewingTrail();
        trail.Loaded(StreamingProtocol.Hls, Address("v"), [Of("v", 0, 9)]);
        var next = new TimelineEntry[9];
        var ask = new TrailAsk { Asked = new RangedAddress(Segment("v", 0), null), At = default, Segments = 3, Ahead = TimeSpan.FromMinutes(1) };
        Assert.Equal(3, trail.Step(ask, next).Found);
        for (var i = 0; i < 50; i++) trail.Loaded(StreamingProtocol.Hls, Address($"other{i}"), [Of($"other{i}", 0, 9)]);
        Assert.True(trail.Lists(Segment("v", 1)));
        Assert.True(trail.Lists(Segment("other49", 1)));
        Assert.False(trail.Lists(Segment("other0", 1)));
    }
}
