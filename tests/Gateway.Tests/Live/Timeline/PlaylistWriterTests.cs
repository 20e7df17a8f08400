using Gateway.Live.Timeline;
using Gateway.Testing;

namespace Gateway.Tests.Live.Timeline;

public sealed class PlaylistWriterTests
{
    [Fact]
    public void Playlist_WithoutAnEntry_IsItsHead() => Assert.Equal(
        """
        #EXTM3U
        #EXT-X-VERSION:8
        #EXT-X-TARGETDURATION:5
        #EXT-X-MEDIA-SEQUENCE:0
        #EXT-X-PLAYLIST-TYPE:EVENT
        #EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=30.0
        #EXT-X-INDEPENDENT-SEGMENTS

        """,
        new LiveBench().Text());

    [Fact]
    public void Playlist_WithAGapAndAShortLastChunk_IsExactly() => Assert.Equal(
        """
        #EXTM3U
        #EXT-X-VERSION:8
        #EXT-X-TARGETDURATION:5
        #EXT-X-MEDIA-SEQUENCE:0
        #EXT-X-PLAYLIST-TYPE:EVENT
        #EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=30.0
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-MAP:URI="init_a.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2026-05-01T19:59:55.000Z
        #EXTINF:5.000000,
        seg_00000.mp4
        #EXT-X-GAP
        #EXTINF:5.000000,
        seg_00001.mp4
        #EXTINF:3.200000,
        seg_00002.mp4
        #EXT-X-ENDLIST

        """,
        new LiveBench().Accept(0).Make(0).Accept(2, 3.2).Make(2, 3.2).End().Later(15).Text());

    [Fact]
    public void DeltaUpdate_OfALongList_StandsForTheWholeOfIt()
    {
        var bench = Recorded(100);
        var delta = bench.Text(Read("?_HLS_skip=YES"));
        Assert.Contains("#EXT-X-VERSION:9\n", delta, StringComparison.Ordinal);
        Assert.Contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=93\n", delta, StringComparison.Ordinal);
        Assert.True(delta.Length < 600);
        bench.Judge.Take(delta);
        Assert.Equal(100, bench.Judge.Entries.Count);
    }

    [Fact]
    public void DeltaUpdate_OfAListThatHasEnded_IsTheWholeList() =>
        Assert.DoesNotContain("#EXT-X-SKIP", Recorded(100).End().Text(Read("?_HLS_skip=YES")), StringComparison.Ordinal);

    [Theory]
    [InlineData("?start=12&end=31", 2, 6, true)]
    [InlineData("?start=10&end=20", 2, 3, true)]
    [InlineData("?start=2026-05-01T20:00:05Z&end=2026-05-01T20:00:15Z", 2, 3, true)]
    [InlineData("?start=1777665605&end=1777665615", 2, 3, true)]
    [InlineData("?start=2026-05-01T22:00:05%2B02:00", 2, 9, false)]
    [InlineData("?start=40", 8, 9, false)]
    [InlineData("?end=10", 0, 1, true)]
    [InlineData("?start=40&end=500", 8, 9, false)]
    public void Part_OfAStream_HasItsEntriesAndItsOwnEnd(string query, int first, int last, bool isComplete)
    {
        var text = Recorded(10).Text(Read(query));
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:0\n", text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(first, last - first + 1).Select(i => $"seg_{i:D5}.mp4"), text.Split('\n').Where(l => l.StartsWith("seg_", StringComparison.Ordinal)));
        Assert.Equal(isComplete, text.EndsWith("#EXT-X-ENDLIST\n", StringComparison.Ordinal));
        Assert.Contains("TYPE:EVENT", text, StringComparison.Ordinal);
        Assert.Contains("#EXT-X-MAP:", text, StringComparison.Ordinal);
    }

    /// <summary>Whoever asks for a part before it is there sees it begin, grow and end as one list.</summary>
    [Theory]
    [InlineData("?start=12&end=31", 5)]
    [InlineData("?start=12", 8)]
    [InlineData("?end=31", 7)]
    [InlineData("?start=12&end=31&delay=12", 5)]
    public void Part_AskedForFromTheBeginning_OnlyGrowsToItsEnd(string query, int entries)
    {
        var bench = new LiveBench();
        var judge = new LivePlaylistJudge();
        var part = Read(query);
        judge.Take(bench.Text(part));
        for (var i = 0; i < 10; i++)
        {
            // Each second one has another configuration: a discontinuity before the part is none of it.
            bench.Accept(i).Make(i, 5, i % 4 < 2 ? "a" : "b");
            judge.Take(bench.Text(part));
            bench.Later(5);
            judge.Take(bench.Text(part));
        }

        bench.End();
        judge.Take(bench.Text(part));
        bench.Later(20);
        judge.Take(bench.Text(part));
        Assert.True(judge.HasEnded);
        Assert.Equal(entries, judge.Entries.Count);
    }

    [Fact]
    public void DelayedView_OfAStream_GrowsAsTheStreamDidSomeTimeAgo()
    {
        var bench = new LiveBench();
        var judge = new LivePlaylistJudge();
        var delayed = Read("?delay=12");
        for (var i = 0; i < 5; i++)
        {
            bench.Accept(i).Make(i);
            judge.Take(bench.Text(delayed));
            Assert.Equal(Math.Max(0, i - 2), judge.Entries.Count);
            bench.Later(5);
        }

        bench.End();
        judge.Take(bench.Text(delayed));
        Assert.False(judge.HasEnded);
        bench.Later(12);
        judge.Take(bench.Text(delayed));
        Assert.True(judge.HasEnded);
        Assert.Equal(5, judge.Entries.Count);
    }

    [Theory]
    [InlineData("?start=x")]
    [InlineData("?start=-1")]
    [InlineData("?start=10&end=10")]
    [InlineData("?start=1e999")]
    [InlineData("?delay=NaN")]
    [InlineData("?delay=-5")]
    [InlineData("?delay=86401")]
    [InlineData("?end=")]
    [InlineData("?start=2026-05-01")]
    public void Query_ThatMakesNoSense_IsRefused(string query) => Assert.Null(PlaylistRequest.Read(query));

    [Fact]
    public void Playlist_OfADay_StaysCheapAsItGrows()
    {
        var bench = new LiveTimeline(new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10)), LiveBench.Begin);
        var segment = LiveBench.Segment(5);
        Effort.IsSmall(() =>
        {
            for (var i = 0; i < 17_280; i++)
            {
                var now = LiveBench.Begin.AddSeconds(i * 5);
                bench.Apply(new LiveRecord(LiveRecordKind.Accepted, now, i));
                bench.Apply(new LiveRecord(LiveRecordKind.Made, now, i) { Segment = segment });
                Assert.Null(bench.Due(now));
                Assert.True(PlaylistWriter.Write(bench, PlaylistRequest.Whole with { Skips = true }, now).Length < 1000);
            }
        });
        Assert.Equal(17_280, bench.Entries.Count);
    }

    private static LiveBench Recorded(int chunks)
    {
        var bench = new LiveBench();
        for (var i = 0; i < chunks; i++) bench.Accept(i).Make(i);
        return bench;
    }

    private static PlaylistRequest Read(string query) => PlaylistRequest.Read(query) ?? throw new InvalidOperationException($"{query} was not understood.");
}
