using Gateway.Manifests.Hls;

namespace Gateway.Tests.Manifests.Hls;

public sealed class DeliveryDirectivesTests
{
    [Theory]
    [InlineData("", false, true, "")]
    [InlineData("?a=1&b=2", false, true, "?a=1&b=2")]
    [InlineData("?_HLS_msn=17", true, true, "")]
    [InlineData("?a=1&_HLS_msn=17&_HLS_part=2&_HLS_skip=v2", true, true, "?a=1")]
    [InlineData("?_HLS_skip=YES", false, true, "")]
    [InlineData("?_HLS_primary_id=x", false, true, "?_HLS_primary_id=x")]
    [InlineData("?_HLS_part=2", false, false, "")]
    [InlineData("?_HLS_msn=-1", true, false, "")]
    [InlineData("?_HLS_msn=", true, false, "")]
    [InlineData("?_HLS_msn=99999999999999999999999", true, false, "")]
    public void Of_Query_ReadsTheBlockingDirectives(string query, bool blocking, bool valid, string bare) =>
        Assert.Equal(new DeliveryDirectives(blocking, valid, bare), DeliveryDirectives.Of(query));
}
