using Gateway.Media;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Dash.Presentation.Presentations;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class ListedSegmentTests
{
    [Fact]
    public void List_WithRangesAndInitialization_IsFoundByRange()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT6S\"",
            "<Representation><BaseURL>v.mp4</BaseURL><SegmentList duration=\"2\"><Initialization range=\"0-99\"/>"
            + "<SegmentURL mediaRange=\"100-199\"/><SegmentURL mediaRange=\"200-299\"/><SegmentURL media=\"other&amp;x.mp4?a=1&amp;b=2\"/></SegmentList></Representation>");
        Assert.Equal(3, timeline.Count);
        var file = new MediaAddress("origin", "/titles/demo/v.mp4", "");
        Assert.Equal(new RangedAddress(file, new ByteRange(0, 100)), timeline[0].Init);
        Assert.Equal(new ByteRange(200, 100), timeline[1].Range);
        Assert.Equal(new MediaAddress("origin", "/titles/demo/other&x.mp4", "?a=1&b=2"), timeline[2].Address);
        Assert.True(timeline.TryFind(file, new ByteRange(250, 10), out var index));
        Assert.Equal(1, index);
        Assert.True(timeline.TryFind(file, null, out index));
        Assert.Equal(0, index);
        Assert.True(timeline.TryFind(timeline[2].Address, null, out index));
        Assert.Equal(2, index);
        Assert.False(timeline.TryFind(file, new ByteRange(300, 1), out _));
    }

    [Fact]
    public void List_WithTimeline_TakesItsTimes()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT60S\"",
            "<SegmentList timescale=\"10\"><SegmentTimeline><S t=\"0\" d=\"15\"/><S d=\"25\"/></SegmentTimeline><SegmentURL media=\"a\"/><SegmentURL media=\"b\"/></SegmentList><Representation/>");
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(1.5)], Enumerable.Range(0, 2).Select(i => timeline[i].Start));
    }

    [Fact]
    public void Read_WholeFile_IsOneSegment()
    {
        var timeline = Single("mediaPresentationDuration=\"PT60S\"", "<Representation mimeType=\"text/vtt\"><BaseURL>en.vtt</BaseURL></Representation>");
        Assert.Equal(["en.vtt"], Names(timeline));
        Assert.Equal(TimeSpan.FromMinutes(1), timeline[0].Duration);
    }
}
