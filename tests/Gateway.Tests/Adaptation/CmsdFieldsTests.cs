using Gateway.Adaptation;
using Gateway.Adaptation.Serving;

namespace Gateway.Tests.Adaptation;

public sealed class CmsdFieldsTests
{
    [Theory]
    [InlineData(null, 3000, null, "\"gateway\";mb=3000")]
    [InlineData(null, 3000, 5000, "\"gateway\";mb=3000;etp=5000")]
    [InlineData(null, null, 5000, "\"gateway\";etp=5000")]
    [InlineData("\"origin\";etp=96;rtt=8", 3000, null, "\"origin\";etp=96;rtt=8,\"gateway\";mb=3000")]
    [InlineData("\"origin\";etp=96", null, null, null)]
    public void Dynamic_WithUpstreamsList_HasOneMemberOfOursAtTheEndAndNoSpaces(string? upstreams, int? mb, int? etp, string? expected) =>
        Assert.Equal(expected, CmsdFields.Dynamic(upstreams, new AdaptationDecision { MaxKbps = mb, ThroughputKbps = etp }));

    [Fact]
    public void Static_OfASegment_TellsRungDurationAndStream()
    {
        Assert.Equal("br=2500,d=2002,ot=v,sf=h,st=v", CmsdFields.Static(2500, TimeSpan.FromMilliseconds(2002), isHls: true, isLive: false));
        Assert.Equal("br=2500,ot=v,sf=d,st=l", CmsdFields.Static(2500, TimeSpan.Zero, isHls: false, isLive: true));
    }
}
