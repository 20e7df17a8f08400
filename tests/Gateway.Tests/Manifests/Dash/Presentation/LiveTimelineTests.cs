using static Gateway.Tests.Manifests.Dash.Presentation.Presentations;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class LiveTimelineTests
{
    [Fact]
    public void Live_NumbersSinceTheEpoch_WindowAndAvailability()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"1970-01-01T00:00:00Z\" timeShiftBufferDepth=\"PT1M\" minimumUpdatePeriod=\"PT10S\" suggestedPresentationDelay=\"PT6S\"",
            "<SegmentTemplate duration=\"2\" startNumber=\"0\" availabilityTimeOffset=\"0.5\" media=\"$Number$.m4s\"/><Representation/>",
            period: "start=\"PT0S\"");
        var seconds = Now.ToUnixTimeSeconds();
        Assert.False(timeline.HasEnd);
        Assert.Equal((seconds - 60) / 2 - 1, timeline[0].Sequence);
        var edge = timeline.IndexAt(TimeSpan.FromSeconds(seconds));
        Assert.Equal(seconds / 2, timeline[edge].Sequence);
        Assert.Null(timeline[edge - 1].AvailableAt);
        Assert.Equal(Now.AddSeconds(1.5), timeline[edge].AvailableAt);
        Assert.Equal(Now.AddSeconds(3.5), timeline[edge + 1].AvailableAt);
        Assert.Equal(Now, timeline[edge].PlaysAt);
        Assert.Equal(edge - 3, timeline.StartIndex);
        Assert.True(timeline.TryFind(timeline[edge].Address, null, out var found));
        Assert.Equal(edge, found);
    }

    [Fact]
    public void Live_OffsetInf_IsThereAtOnce()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"2026-01-01T11:59:00Z\"",
            "<BaseURL availabilityTimeOffset=\"INF\">x/</BaseURL><SegmentTemplate duration=\"2\" media=\"$Number$.m4s\"/><Representation/>",
            period: "start=\"PT0S\"");
        Assert.All(Enumerable.Range(0, 100), i => Assert.Null(timeline[i].AvailableAt));
    }

    [Fact]
    public void Live_ListedTimeline_IsAvailableAsListedAndOpenRepetitionsOverTime()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"2026-01-01T11:59:00Z\"",
            "<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S t=\"0\" d=\"40\" r=\"1\"/><S d=\"2\" r=\"-1\"/></SegmentTimeline></SegmentTemplate><Representation/>",
            period: "start=\"PT0S\"");
        Assert.Null(timeline[1].AvailableAt);
        Assert.Equal(Now.AddSeconds(22), timeline[2].AvailableAt);
        Assert.False(timeline.HasEnd);
    }

    [Fact]
    public void Live_StartOfTimeline_KeepsItsDistanceToTheEdge()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"2026-01-01T11:00:00Z\"",
            "<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S t=\"0\" d=\"2\" r=\"99\"/></SegmentTimeline></SegmentTemplate><Representation/>",
            period: "start=\"PT0S\"");
        Assert.Equal(97, timeline.StartIndex);
    }

    [Fact]
    public void Live_PeriodWithoutStart_IsNotThereYet()
    {
        const string Set = "<AdaptationSet><SegmentTemplate duration=\"2\" media=\"$Number$\"/><Representation/></AdaptationSet>";
        var presentation = Read($"<MPD type=\"dynamic\" availabilityStartTime=\"2026-01-01T00:00:00Z\"><Period start=\"PT0S\">{Set}</Period><Period>{Set}</Period></MPD>");
        Assert.Single(presentation.Representations);
    }
}
