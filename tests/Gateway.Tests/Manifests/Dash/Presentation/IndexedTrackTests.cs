using Gateway.Media;
using Gateway.Tests.Timelines;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Dash.Presentation.Presentations;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class IndexedTrackTests
{
    private static readonly MediaAddress File = new("origin", "/titles/demo/v.mp4", "");
    private static readonly RangedAddress At = new(File, new ByteRange(100, 100));

    [Fact]
    public void File_BeforeItsIndexIsRead_ListsNothing()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT60S\"",
            "<Representation><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100-199\" timescale=\"1000\" presentationTimeOffset=\"500\"><Initialization range=\"0-99\"/></SegmentBase></Representation>");
        Assert.Equal(0, timeline.Count);
        Assert.Equal(-1, timeline.IndexAt(TimeSpan.Zero));
        Assert.True(timeline.AwaitsIndex);
        Assert.Equal(At, timeline.IndexOf(File));
        Assert.Null(timeline.IndexOf(File with { Path = "/titles/demo/w.mp4" }));

        var read = timeline.With(At, Index(timescale: 10, start: 5, first: 7, (1000, 20), (2000, 40)));
        Assert.False(read.AwaitsIndex);
        Assert.Null(read.IndexOf(File));
        Assert.Equal(2, read.Count);
        Assert.Equal(new ByteRange(100 + 56 + 7, 1000), read[0].Range);
        Assert.Equal(new ByteRange(100 + 56 + 7 + 1000, 2000), read[1].Range);
        Assert.Equal(TimeSpan.Zero, read[0].Start);
        Assert.Equal(TimeSpan.FromSeconds(2), read[1].Start);
        Assert.Equal(TimeSpan.FromSeconds(4), read.TargetDuration);
        Assert.Equal(TimeSpan.FromSeconds(6), read.Duration);
        Assert.Equal(new ByteRange(0, 100), read[1].Init!.Value.Range);
        Assert.Equal([1L, 2L], [read[0].Sequence, read[1].Sequence]);
    }

    [Fact]
    public void TryFind_Range_IsFoundByItsFirstByte()
    {
        var timeline = Single("mediaPresentationDuration=\"PT60S\"", "<Representation><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100-199\"/></Representation>")
            .With(At, Index(timescale: 1, start: 0, first: 0, (1000, 2), (2000, 2), (3000, 2)));
        var first = timeline[0].Range!.Value.Offset;
        int Find(long offset, long length) => timeline.TryFind(File, new ByteRange(offset, length), out var index) ? index : -1;
        Assert.Equal([-1, -1], [Find(0, 100), Find(first - 1, 5)]);
        Assert.Equal([0, 0, 1, 1, 2, 2], [Find(first, 1000), Find(first + 999, 1), Find(first + 1000, 2000), Find(first + 2999, ByteRange.ToEnd), Find(first + 3000, 1), Find(first + 5999, 1)]);
        Assert.Equal(-1, Find(first + 6000, 1));
        Assert.True(timeline.TryFind(File, null, out var whole));
        Assert.Equal(0, whole);
        Assert.False(timeline.TryFind(File with { Query = "?a" }, null, out _));
        Assert.Equal([0, 0, 1, 2, 2], new double[] { -1, 1.9, 2, 5, 99 }.Select(s => timeline.IndexAt(TimeSpan.FromSeconds(s))));
    }

    [Fact]
    public void File_PlayedOverTwoPeriodsWithAnotherBetween_EachHasItsPart()
    {
        const string Film = "<AdaptationSet contentType=\"video\"><Representation id=\"v\"><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100-199\" timescale=\"10\" presentationTimeOffset=\"{0}\"/></Representation></AdaptationSet>";
        const string Advert = "<AdaptationSet contentType=\"video\"><Representation id=\"ad\"><BaseURL>ad.mp4</BaseURL></Representation></AdaptationSet>";
        var presentation = Read(
            "<MPD mediaPresentationDuration=\"PT14S\">"
            + $"<Period duration=\"PT4S\">{Film.Replace("{0}", "0", StringComparison.Ordinal)}</Period><Period duration=\"PT6S\">{Advert}</Period>"
            + $"<Period duration=\"PT4S\">{Film.Replace("{0}", "40", StringComparison.Ordinal)}</Period></MPD>");
        var timeline = Assert.Single(presentation.Timelines);
        Assert.Equal(1, timeline.Count);
        var read = timeline.With(At, Index(timescale: 1000, start: 0, first: 0, (1, 2000), (2, 2000), (3, 2000), (4, 2000)));
        Assert.Equal([1L, 2L, null, 3L, 4L], Enumerable.Range(0, 5).Select(i => read[i].Range?.Length));
        Assert.Equal([0.0, 2, 4, 10, 12], Enumerable.Range(0, 5).Select(i => read[i].Start.TotalSeconds));
        Assert.Equal(5, read.Count);
        Assert.True(read[3].Flags.HasFlag(EntryFlags.Discontinuity));
    }

    [Theory]
    [InlineData("<BaseURL>v.mp4</BaseURL><SegmentBase/>")]
    [InlineData("<BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100\"/>")]
    [InlineData("<BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100-\"/>")]
    [InlineData("<BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100-1048676\"/>")]
    [InlineData("<BaseURL>http://elsewhere.example/v.mp4</BaseURL><SegmentBase indexRange=\"100-199\"/>")]
    public void Index_ThatNobodyCouldOrShouldRead_IsNotAwaited(string representation)
    {
        var timeline = Single("mediaPresentationDuration=\"PT60S\"", $"<Representation>{representation}</Representation>");
        Assert.Equal(0, timeline.Count);
        Assert.False(timeline.AwaitsIndex);
        Assert.Null(timeline.IndexOf(File));
    }

    [Fact]
    public void Index_OfAnotherPlace_ChangesNothing()
    {
        var timeline = Single("mediaPresentationDuration=\"PT60S\"", "<Representation><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100-199\"/></Representation>");
        Assert.Same(timeline, timeline.With(At with { Range = new ByteRange(0, 100) }, Index(1, 0, 0, (1, 1))));
    }

    private static SegmentIndex Index(uint timescale, uint start, uint first, params (uint Length, uint Duration)[] entries) =>
        SegmentIndex.Read(SegmentIndexTests.Sidx(timescale, start, first, entries), At.Range!.Value)!;
}
