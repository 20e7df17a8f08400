using Gateway.Media;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Dash.Presentation.Presentations;

namespace Gateway.Tests.Manifests.Dash.Presentation;

/// <summary>What the timelines know beside the plain forms: several BaseURLs, parts of segments, patterns, segments beyond counting.</summary>
public sealed class AlternativeBaseTests
{
    [Fact]
    public void BaseUrls_EachOfThem_HasATimelineContinuedAtTheSamePosition()
    {
        var presentation = Read(
            "<MPD><BaseURL>a/</BaseURL><BaseURL>https://cdn.example:8443/base/</BaseURL>"
            + "<Period duration=\"PT4S\"><AdaptationSet contentType=\"video\"><SegmentTemplate duration=\"2\" media=\"1-$Number$.m4s\"/><Representation id=\"v\" bandwidth=\"9\"/></AdaptationSet></Period>"
            + "<Period duration=\"PT4S\"><AdaptationSet contentType=\"video\"><SegmentTemplate duration=\"2\" media=\"2-$Number$.m4s\"/><Representation id=\"v\" bandwidth=\"9\"/></AdaptationSet></Period></MPD>");
        Assert.Equal(2, presentation.Timelines.Length);
        Assert.Single(presentation.Ladder.Variants);
        var second = presentation.Timelines[1];
        Assert.True(second.TryFind(new MediaAddress("cdn", "/1-2.m4s", ""), null, out var index));
        var next = new TimelineEntry[6];
        Assert.Equal(2, second.Following(index, 3, next));
        Assert.Equal([("cdn", "/2-1.m4s"), ("cdn", "/2-2.m4s")], next[..2].Select(e => (e.Address.Cluster, e.Address.Path)));
        Assert.Equal("/titles/demo/a/1-1.m4s", presentation.Timelines[0][0].Address.Path);
    }

    [Fact]
    public void BaseUrls_AtTwoLevels_AreBounded()
    {
        var bases = string.Concat(Enumerable.Range(0, 20).Select(i => $"<BaseURL>b{i}/</BaseURL>"));
        var presentation = Read(
            $"<MPD mediaPresentationDuration=\"PT4S\">{bases}<Period>{bases}<AdaptationSet><SegmentTemplate duration=\"2\" media=\"$Number$.m4s\"/><Representation/></AdaptationSet></Period></MPD>");
        Assert.Equal(8, presentation.Timelines.Length);
    }

    [Fact]
    public void SubNumber_OfASegment_IsFoundPartByPart()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT8S\"",
            "<SegmentTemplate startNumber=\"7\" media=\"$Number$/$SubNumber$.m4s\"><SegmentTimeline><S t=\"0\" d=\"4\" k=\"4\" r=\"1\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(8, timeline.Count);
        Assert.True(timeline.TryFind(new MediaAddress("origin", "/titles/demo/7/3.m4s", ""), null, out var index));
        Assert.Equal(2, index);
        var next = new TimelineEntry[6];
        Assert.Equal(2, timeline.Following(index, 2, next));
        Assert.Equal(["7/4.m4s", "8/1.m4s"], next[..2].Select(e => e.Address.Path.Replace("/titles/demo/", "", StringComparison.Ordinal)));
        Assert.False(timeline.TryFind(new MediaAddress("origin", "/titles/demo/7/5.m4s", ""), null, out _));
    }

    /// <summary>Two segments of three and one of two, entered at the last of the three; the pattern says nothing beyond @r.</summary>
    [Fact]
    public void Pattern_NamedByAnS_TellsTheDurationsInTurn()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT100S\"",
            "<SegmentTemplate media=\"$Time$.m4s\"><SegmentTimeline><Pattern id=\"p\"><P d=\"3\" r=\"1\"/><P d=\"2\"/></Pattern><S t=\"10\" p=\"p\" pE=\"1\" r=\"4\"/><S d=\"5\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(["10.m4s", "13.m4s", "15.m4s", "18.m4s", "21.m4s", "23.m4s"], Names(timeline));
        Assert.Equal(TimeSpan.FromSeconds(5), timeline[5].Duration);
        Assert.True(timeline.TryFind(timeline[3].Address, null, out var index));
        Assert.Equal(3, index);
    }

    [Fact]
    public void Pattern_WithoutAnEndOrWithoutDurations_IsBounded()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT10S\"",
            "<SegmentTemplate media=\"$Time$.m4s\"><SegmentTimeline><Pattern id=\"p\"><P d=\"3\" r=\"2147483647\"/></Pattern><Pattern id=\"q\"/><S p=\"p\" r=\"-1\"/><S p=\"q\" r=\"2147483647\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(["0.m4s", "3.m4s", "6.m4s", "9.m4s"], Names(timeline));
    }

    [Theory]
    [InlineData("timeShiftBufferDepth=\"PT1M\"", 63)]
    [InlineData("", 0)]
    public void Live_ShortSegmentsSinceTheEpoch_AreCountedFromTheLiveEdge(string window, int inWindow)
    {
        var timeline = Single(
            $"type=\"dynamic\" availabilityStartTime=\"1970-01-01T00:00:00Z\" minimumUpdatePeriod=\"PT1S\" {window}",
            "<SegmentTemplate duration=\"1\" startNumber=\"0\" media=\"$Number$.m4s\"/><Representation/>",
            period: "start=\"PT0S\"");
        var seconds = Now.ToUnixTimeSeconds();
        Assert.True(timeline.TryFind(new MediaAddress("origin", $"/titles/demo/{seconds - 5}.m4s", ""), null, out var index));
        Assert.Equal(seconds - 5, timeline[index].Sequence);
        if (inWindow > 0) Assert.InRange(index, 0, inWindow);
    }

    /// <summary>Segments of patterns cost memory one by one, however often a document says that they come again.</summary>
    [Fact]
    public void Pattern_RepeatedWithoutEnd_IsBounded()
    {
        var timeline = Single(
            "type=\"static\"",
            "<SegmentTemplate media=\"$Time$.m4s\"><SegmentTimeline><Pattern id=\"p\"><P d=\"3\"/><P d=\"2\"/></Pattern><S p=\"p\" r=\"1000000\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(1 << 17, timeline.Count);
    }
}
