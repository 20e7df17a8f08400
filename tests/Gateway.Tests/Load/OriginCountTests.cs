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
    public void Figures_NothingAsked_AreNone() => Assert.Empty(new OriginCount(new ManualTimeProvider()).Figures());
}
