using Gateway.Adaptation;
using Gateway.Adaptation.Serving;

namespace Gateway.Tests.Adaptation;

public sealed class SegmentsUnderWayTests
{
    private readonly SegmentsUnderWay _segments = new();
    private readonly List<MediaDemand> _taken = [];

    [Fact]
    public void Asked_OneAfterTheOther_TakesEachWithTheNext()
    {
        Assert.Empty(Ask(0));
        Sent(0);
        Assert.Equal([0], Ask(1));
        Sent(1);
        Assert.Equal([1], Ask(2));
    }

    [Fact]
    public void Asked_NextBeforeTheOneBeforeIsRead_TakesItLater()
    {
        Ask(0);
        Assert.Empty(Ask(1));
        Sent(0);
        Assert.Equal([0], Ask(2));
        Sent(1);
        Sent(2);
        Assert.Equal([1, 2], Ask(3));
    }

    [Fact]
    public void Asked_AgainInAnotherRung_TakesOnlyTheLast()
    {
        Ask(0);
        Sent(0);
        Assert.Empty(Ask(0));
        Assert.Empty(Ask(1));
        Sent(0);
        Assert.Equal([0], Ask(2));
    }

    [Fact]
    public void Asked_NeverSentWhole_IsForgotten()
    {
        for (var i = 0; i < 9; i++) Assert.Empty(Ask(i));
        Sent(0);
        Assert.Empty(Ask(9));
    }

    [Fact]
    public void Asked_AfterASeekBack_ForgetsWhatLiesAhead()
    {
        Ask(50);
        Sent(50);
        Assert.Empty(Ask(3));
        Assert.Empty(Ask(4));
    }

    private int[] Ask(int segment)
    {
        _segments.Asked(segment, new MediaDemand { At = TimeSpan.Zero, Rung = 0, IsVideo = true, Start = TimeSpan.FromSeconds(segment) }, _taken);
        return [.. _taken.Select(static d => (int)d.Start!.Value.TotalSeconds)];
    }

    private void Sent(int segment) => _segments.Sent(segment);
}
