using System.Collections.Frozen;
using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Timeline;
using Gateway.Origin;
using Gateway.Prefetch;

namespace Gateway.Tests.Prefetch;

public sealed class LiveTrailTests
{
    private static readonly UpstreamTable Table = new([new UpstreamTable.Upstream("origin", new Uri("http://origin.example/"))]);
    private static readonly MediaAddress Manifest = new("origin", "/live/index.m3u8", "");

    [Fact]
    public void Reload_AtTheLiveEdge_GoesOnFromWhatWasAskedLast()
    {
        var trail = new ViewingTrail();
        var next = new TimelineEntry[9];
        trail.Loaded(StreamingProtocol.Hls, Manifest, [Playlist(1, 3)]);
        Assert.Equal(0, trail.Following(Segment(3), null, 3, next));

        trail.Loaded(StreamingProtocol.Hls, Manifest, [Playlist(2, 4)]);
        var last = Assert.Single(trail.LastAskedLive(Manifest));
        Assert.Equal(Segment(3), last.Address);
        Assert.Equal(1, trail.Following(last.Address, last.Range, 3, next));
        Assert.Equal(Segment(4), next[0].Address);
    }

    [Fact]
    public void Reload_OfSomethingFinishedOrNotAsked_GoesOnWithNothing()
    {
        var trail = new ViewingTrail();
        trail.Loaded(StreamingProtocol.Hls, Manifest, [Playlist(1, 3)]);
        Assert.Empty(trail.LastAskedLive(Manifest));

        trail.Following(Segment(3), null, 3, new TimelineEntry[9]);
        trail.Loaded(StreamingProtocol.Hls, Manifest, [Playlist(1, 4, ended: true)]);
        Assert.Empty(trail.LastAskedLive(Manifest));
    }

    [Fact]
    public void Manifest_WithManyRenditions_AllAreFollowedForLittleMemory()
    {
        const int count = 10_000;
        var timelines = Enumerable.Range(0, 40).Select(i => (MediaTimeline)Playlist(i * 100, (i * 100) + 3)).ToArray();
        var trail = new ViewingTrail();
        trail.Loaded(StreamingProtocol.Dash, Manifest, timelines);
        foreach (var timeline in timelines) Assert.True(trail.Lists(timeline[0].Address));

        var trails = new ViewingTrail[count];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++) (trails[i] = new ViewingTrail()).Loaded(StreamingProtocol.Dash, Manifest, timelines);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        Assert.InRange(each, 100, 3800);
        GC.KeepAlive(trails);
    }

    private static MediaAddress Segment(int number) => new("origin", $"/live/{number}.ts", "");

    private static HlsTimeline Playlist(int first, int last, bool ended = false)
    {
        var text = new StringBuilder($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{first}\n");
        for (var i = first; i <= last; i++) text.Append($"#EXTINF:2,\n{i}.ts\n");
        if (ended) text.Append("#EXT-X-ENDLIST\n");
        var from = new ReferenceBase(Table, "origin", new Uri("http://origin.example/live/index.m3u8"));
        return HlsTimeline.Read(Encoding.UTF8.GetBytes(text.ToString()), from, new HlsVariables(FrozenDictionary<string, string>.Empty, ""));
    }
}
