using Gateway.Load.Targets;
using Gateway.Testing;

namespace Gateway.Tests.Load;

public sealed class OriginCountTests
{
    [Fact]
    public void Figures_SegmentsAskedForAgain_AreRequestsAndNoSegments()
    {
        var time = new ManualTimeProvider();
        var count = new OriginCount(time);
        count.Asked("GET", "/film/v1/seg_1.m4s", null);
        count.Asked("GET", "/film/v1/seg_2.m4s", null);
        count.Asked("GET", "/film/v1/seg_2.m4s", "bytes=0-99");
        count.Asked("HEAD", "/film/v1/seg_1.m4s", null);
        count.Asked("GET", "/film/v1/index.m3u8", null);
        count.Asked("GET", "/film/manifest.mpd", null);
        count.Asked("GET", "/", null);
        time.Advance(TimeSpan.FromSeconds(10));
        count.Asked("GET", "/film/v1/seg_1.m4s", null);
        var figures = count.Figures().ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        Assert.Equal(4, figures["origin.requests"]);
        Assert.Equal(3, figures["origin.segments"]);
        Assert.Equal(4 / 3.0, figures["origin.perSegment"]);
        Assert.Equal(1, figures["origin.repeatsAtMost"]);
        Assert.Equal(2, count.Lines().Count());
    }

    [Fact]
    public void Asked_AgainByGatewaysThatComeAndGo_IsToldByItsCause()
    {
        var time = new ManualTimeProvider();
        var count = new OriginCount(time);
        Ask(0);
        Ask(0);
        Ask(1);
        time.Advance(OriginCount.Moment);
        Ask(2);
        count.Lost(0);
        count.Lost(1);
        count.Lost(2);
        time.Advance(OriginCount.Moment);
        Ask(1);
        time.Advance(OriginCount.Moment);
        Ask(1);
        var figures = count.Figures().ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        Assert.Equal(6, figures["origin.perSegment"]);
        Assert.Equal((2, 1, 1, 1), (figures["origin.again.sameGateway"], figures["origin.again.atOnce"], figures["origin.again.otherGateway"], figures["origin.again.lost"]));
        Assert.Equal([(0, 3, 2), (2, 1, 1), (4, 1, 1), (6, 1, 1)], count.Seconds().Select(s => (s.Second, s.Requests, s.Again)));

        void Ask(int gateway) => count.Asked("GET", "/film/v1/seg_1.m4s", null, gateway);
    }

    [Fact]
    public void Figures_NothingAsked_AreNone() => Assert.Empty(new OriginCount(new ManualTimeProvider()).Figures());
}
