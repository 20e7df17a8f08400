using Gateway.Media;
using Gateway.Prefetch;
using Gateway.Testing;
using Gateway.Timelines;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

[Collection(nameof(MeasuresMemory))]
public sealed class PlaybackTrackerTests
{
    [Fact]
    public void Manifest_WithManyRenditions_AllAreFollowedForLittleMemory()
    {
        const int count = 10_000;
        var timelines = Enumerable.Range(0, 100).Select(i => (MediaTimeline)Of($"r{i}", i * 100, (i * 100) + 3)).ToArray();
        var tracker = new PlaybackTracker();
        tracker.Loaded(StreamingProtocol.Dash, Address("mpd"), timelines);
        for (var i = 0; i < timelines.Length; i++) Assert.True(tracker.Lists(timelines[i][0].Address));

        var held = HeapGrowth.Median(() =>
        {
            var trackers = new PlaybackTracker[count];
            var before = HeapGrowth.Living;
            for (var i = 0; i < count; i++) (trackers[i] = new PlaybackTracker()).Loaded(StreamingProtocol.Dash, Address("mpd"), timelines);
            var grown = HeapGrowth.Living - before;
            GC.KeepAlive(trackers);
            return grown;
        });
        Assert.InRange(held / count, 100, 1000);
    }

    /// <summary>A section is named as a film is; taken for one, it made a session direct until its next segment.</summary>
    [Fact]
    public void Init_OfAListedRendition_IsNoFileOfItsOwn()
    {
        var tracker = new PlaybackTracker();
        var timeline = Playlists.Read("v", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2,\n0.m4s\n#EXTINF:2,\n1.m4s\n#EXT-X-ENDLIST\n");
        tracker.Loaded(StreamingProtocol.Hls, Playlists.Address("v"), [timeline]);
        Assert.False(tracker.Lists(new MediaAddress("origin", "/v/init.mp4", "")));
        Assert.True(tracker.ListsInit(new MediaAddress("origin", "/v/init.mp4", "")));
        Assert.False(tracker.ListsInit(new MediaAddress("origin", "/v/film.mp4", "")));
    }

    [Fact]
    public void Manifests_MoreThanAreRemembered_TheOneThatPlaysIsNotForgotten()
    {
        var tracker = new PlaybackTracker();
        tracker.Loaded(StreamingProtocol.Hls, Address("v"), [Of("v", 0, 9)]);
        var next = new TimelineEntry[9];
        var request = new TrackedRequest { Asked = new RangedAddress(Segment("v", 0), null), At = default, Segments = 3, Ahead = TimeSpan.FromMinutes(1) };
        Assert.Equal(3, tracker.Step(request, next).Found);
        for (var i = 0; i < 50; i++) tracker.Loaded(StreamingProtocol.Hls, Address($"other{i}"), [Of($"other{i}", 0, 9)]);
        Assert.True(tracker.Lists(Segment("v", 1)));
        Assert.True(tracker.Lists(Segment("other49", 1)));
        Assert.False(tracker.Lists(Segment("other0", 1)));
    }

    [Fact]
    public void Step_LocationOfAnEarlierVersion_IsLookedUpAgain()
    {
        var tracker = new PlaybackTracker();
        tracker.Loaded(StreamingProtocol.Hls, Address("v"), [Of("v", 0, 4)]);
        var asked = new RangedAddress(Segment("v", 3), null);
        var location = tracker.Locate(asked.Address, asked.Range);
        tracker.Loaded(StreamingProtocol.Hls, Address("v"), [Of("v", 2, 9)]);

        var next = new TimelineEntry[9];
        var step = tracker.Step(new TrackedRequest { Asked = asked, Location = location, At = default, Segments = 2, Ahead = TimeSpan.FromMinutes(1) }, next);
        Assert.Equal([Segment("v", 4), Segment("v", 5)], next[..step.Found].Select(e => e.Address));
    }

    [Fact]
    public void Step_LocationOfAForgottenManifest_IsNowhere()
    {
        var tracker = new PlaybackTracker();
        tracker.Loaded(StreamingProtocol.Hls, Address("v"), [Of("v", 0, 4)]);
        var asked = new RangedAddress(Segment("v", 0), null);
        var location = tracker.Locate(asked.Address, asked.Range);
        for (var i = 0; i < 50; i++) tracker.Loaded(StreamingProtocol.Hls, Address($"other{i}"), [Of($"other{i}", 0, 9)]);

        var step = tracker.Step(new TrackedRequest { Asked = asked, Location = location, At = default, Segments = 2, Ahead = TimeSpan.FromMinutes(1) }, new TimelineEntry[9]);
        Assert.Equal(TrackedStep.Nowhere, step);
    }
}
