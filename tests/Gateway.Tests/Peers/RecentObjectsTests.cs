using Gateway.Media;
using Gateway.Peers;

namespace Gateway.Tests.Peers;

public sealed class RecentObjectsTests
{
    private static readonly MediaAddress Segment = new("origin", "/demo/v1/seg_1.m4s", "");

    [Fact]
    public void IsAgain_SecondRequestInTime_IsOne()
    {
        var recent = new RecentObjects(TimeSpan.FromMinutes(1));
        Assert.False(recent.IsAgain(Segment, 0, TimeSpan.Zero));
        Assert.True(recent.IsAgain(Segment, 0, TimeSpan.FromSeconds(59)));
        Assert.True(recent.IsAgain(Segment, 0, TimeSpan.FromSeconds(110)));
    }

    [Fact]
    public void IsAgain_SecondRequestTooLate_IsNone()
    {
        var recent = new RecentObjects(TimeSpan.FromMinutes(1));
        recent.IsAgain(Segment, 0, TimeSpan.Zero);
        Assert.False(recent.IsAgain(Segment, 0, TimeSpan.FromSeconds(61)));
    }

    [Fact]
    public void IsAgain_OtherObjectOrPart_IsNone()
    {
        var recent = new RecentObjects(TimeSpan.FromMinutes(1));
        recent.IsAgain(Segment, 0, TimeSpan.Zero);
        Assert.False(recent.IsAgain(Segment with { Query = "?v=2" }, 0, TimeSpan.Zero));
        Assert.False(recent.IsAgain(Segment with { Cluster = "other" }, 0, TimeSpan.Zero));
        Assert.False(recent.IsAgain(Segment, 1 << 20, TimeSpan.Zero));
    }

    [Fact]
    public void IsAgain_NoMemory_IsNever()
    {
        var recent = new RecentObjects(TimeSpan.Zero);
        recent.IsAgain(Segment, 0, TimeSpan.Zero);
        Assert.False(recent.IsAgain(Segment, 0, TimeSpan.Zero));
    }
}
