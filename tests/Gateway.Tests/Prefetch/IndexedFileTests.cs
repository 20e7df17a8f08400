using System.Globalization;
using System.Text;
using Gateway.Caching;
using Gateway.Caching.Slices;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Media;
using Gateway.Prefetch;
using Gateway.Tests.Caching;
using Gateway.Tests.Manifests.Dash;
using Gateway.Tests.Timelines;
using Gateway.Timelines;

namespace Gateway.Tests.Prefetch;

/// <summary>Files that list their own segments: a film of ten segments of a megabyte each, behind an index, in slices of four.</summary>
public sealed class IndexedFileTests
{
    private const int Segment = 1 << 20;
    private const int Slice = (int)SlicedFiles.SliceBytes;

    private static readonly ByteRange Head = new(0, 100);
    private static readonly ByteRange Index = new(100, 32 + (10 * 12));
    private static readonly MediaAddress Film = new("origin", "/titles/demo/v.mp4", "");
    private static readonly MediaAddress Mpd = new("origin", "/titles/demo/manifest.mpd", "");

    private byte[] _film = Make();
    private string _cacheControl = "max-age=60";

    [Fact]
    public async Task Asked_FirstRequest_ReadsTheIndexAndPrefetchesWhatFollows()
    {
        await using var fixture = NewFixture();
        var viewer = Viewer();
        Assert.False(await AskAsync(fixture, viewer, Head));
        await Deadline.Until(() => fixture.Indexes("read") == 1);
        Assert.Equal([0], Slices(fixture));
        Assert.False(viewer.AwaitsIndexes);

        Assert.False(await AskAsync(fixture, viewer, Of(1)));
        await Deadline.Until(() => Slices(fixture) is [0, 1]);
        await fixture.QuietAsync();
        Assert.True(await AskAsync(fixture, viewer, Of(4)));
    }

    [Fact]
    public async Task Asked_WhileTheIndexIsRead_PrefetchesOnceItIs()
    {
        await using var fixture = NewFixture();
        var viewer = Viewer();
        fixture.Answers = false;
        Tell(fixture, viewer, Head);
        Tell(fixture, viewer, Of(2));
        Assert.Equal([0], Slices(fixture));
        fixture.Answers = true;
        fixture.Answer(fixture.Calls[0]);
        await Deadline.Until(() => Slices(fixture) is [0, 1]);
        Assert.Equal(1, fixture.Indexes("read"));
    }

    [Fact]
    public async Task Asked_ByTwoSessions_SharesOneIndexAndOneFetch()
    {
        await using var fixture = NewFixture();
        var timelines = Timelines();
        PlaybackTracker[] viewers = [Viewer(timelines), Viewer(timelines)];
        foreach (var viewer in viewers)
        {
            await AskAsync(fixture, viewer, Head);
            await Deadline.Until(() => !viewer.AwaitsIndexes);
        }

        Assert.Equal([0], Slices(fixture));
        using var reply = await fixture.Caching.Cache.OpenAsync(Request(Head), default).Within();
        Assert.IsType<SegmentIndex>(reply.Derived);
    }

    [Fact]
    public async Task Index_NotWhereTheManifestSays_IsNotReadAgainBeforeAReload()
    {
        await using var fixture = NewFixture();
        _film = CacheFixture.Bytes(_film.Length);
        var timelines = Timelines();
        var viewer = Viewer(timelines);
        for (var i = 0; i < 3; i++) await AskAsync(fixture, viewer, Of(i));
        await Deadline.Until(() => fixture.Indexes("invalid") == 1);
        viewer.Loaded(StreamingProtocol.Dash, Mpd, timelines);
        await AskAsync(fixture, viewer, Of(0));
        await Deadline.Until(() => fixture.Indexes("invalid") == 2);
        Assert.Equal([0], Slices(fixture));
    }

    [Fact]
    public async Task Index_FileEndsBeforeIt_IsNoIndex()
    {
        await using var fixture = NewFixture();
        _film = _film[..150];
        var viewer = Viewer();
        await AskAsync(fixture, viewer, Head);
        await Deadline.Until(() => fixture.Indexes("invalid") == 1);
    }

    [Fact]
    public async Task Index_FileMustNotBeStored_IsNotRead()
    {
        await using var fixture = NewFixture();
        _cacheControl = "no-store";
        var viewer = Viewer();
        Tell(fixture, viewer, Head);
        await Deadline.Until(() => fixture.Indexes("failed") == 1);
        Assert.True(viewer.AwaitsIndexes);
        await fixture.QuietAsync();
    }

    [Fact]
    public async Task Index_UpstreamDoesNotAnswer_IsGivenUpInTime()
    {
        await using var fixture = NewFixture();
        fixture.Answers = false;
        var viewer = Viewer();
        Tell(fixture, viewer, Head);
        fixture.Caching.Clock.Advance(new PrefetchOptions().Timeout);
        await Deadline.Until(() => fixture.Indexes("failed") == 1);
        Assert.True(viewer.AwaitsIndexes);
    }

    [Fact]
    public async Task Index_ReloadOfTheSameVersion_IsKept()
    {
        await using var fixture = NewFixture();
        var timelines = Timelines();
        var viewer = Viewer(timelines);
        await AskAsync(fixture, viewer, Head);
        await Deadline.Until(() => !viewer.AwaitsIndexes);
        viewer.Loaded(StreamingProtocol.Dash, Mpd, timelines);
        Assert.False(viewer.AwaitsIndexes);
        viewer.Loaded(StreamingProtocol.Dash, Mpd, Timelines());
        Assert.True(viewer.AwaitsIndexes);
    }

    [Fact]
    public void Lists_FileWithItsOwnIndex_IsListedButNotAsAWhole()
    {
        var viewer = Viewer();
        Assert.True(viewer.Lists(Film));
        Assert.False(viewer.ListsWhole(Film));
        viewer.Loaded(StreamingProtocol.Dash, Mpd, [.. Timelines().Select(t => t.With(new RangedAddress(Film, Index), SegmentIndex.Read(_film.AsSpan(100), Index)!))]);
        Assert.False(viewer.AwaitsIndexes);
        Assert.True(viewer.Lists(Film));
        Assert.False(viewer.ListsWhole(Film));
        Assert.False(viewer.Lists(Film with { Path = "/titles/demo/w.mp4" }));
    }

    private static ByteRange Of(int segment) => new(Index.End + ((long)segment * Segment), Segment);

    private static byte[] Make()
    {
        var film = CacheFixture.Bytes((int)Index.End + (10 * Segment));
        SegmentIndexTests.Sidx(1, 0, 0, [.. Enumerable.Repeat(((uint)Segment, 4u), 10)]).CopyTo(film, (int)Index.Offset);
        return film;
    }

    private static IReadOnlyList<MediaTimeline> Timelines()
    {
        var document = $"<MPD mediaPresentationDuration=\"PT40S\"><Period><AdaptationSet contentType=\"video\"><Representation><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"{Index.Offset}-{Index.End - 1}\"/></Representation></AdaptationSet></Period></MPD>";
        return [.. DashReader.Read(Encoding.UTF8.GetBytes(document), DashBench.Upstreams, "origin", new Uri(DashBench.Upstream), DateTimeOffset.UnixEpoch)!.Timelines];
    }

    private static PlaybackTracker Viewer(IReadOnlyList<MediaTimeline>? timelines = null)
    {
        var tracker = new PlaybackTracker();
        tracker.Loaded(StreamingProtocol.Dash, Mpd, timelines ?? Timelines());
        return tracker;
    }

    private static CacheRequest Request(ByteRange range) => new() { Address = Film, Range = range };

    private static void Tell(PrefetchFixture fixture, PlaybackTracker viewer, ByteRange range) => fixture.Prefetcher.Asked(viewer, Request(range), null, null);

    /// <summary>Requests a part, reads it and calls the prefetcher, as the segment handler does.</summary>
    private static async Task<bool> AskAsync(PrefetchFixture fixture, PlaybackTracker viewer, ByteRange range)
    {
        using var reply = await fixture.Caching.Cache.OpenAsync(Request(range), default).Within();
        fixture.Prefetcher.Asked(viewer, Request(range), reply.Length, null);
        for (var at = range.Offset; at < Math.Min(range.End, reply.Length!.Value);) at += (await reply.ReadAsync(at, default).Within()).Length;
        return reply.WasPrefetched;
    }

    private static long[] Slices(PrefetchFixture fixture) => [.. fixture.Calls.Select(c => c.Request.Range!.Value.Offset / Slice)];

    private PrefetchFixture NewFixture()
    {
        var fixture = new PrefetchFixture(limit: 64 << 20);
        fixture.Answer = call =>
        {
            var range = call.Request.Range!.Value;
            var end = Math.Min(range.End, _film.Length);
            call.Answer(
                206,
                _film[(int)range.Offset..(int)end],
                ("Cache-Control", _cacheControl),
                ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {range.Offset}-{end - 1}/{_film.Length}")));
        };
        return fixture;
    }
}
