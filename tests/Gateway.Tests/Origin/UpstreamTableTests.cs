using Gateway.Origin;

namespace Gateway.Tests.Origin;

public sealed class UpstreamTableTests
{
    private static readonly UpstreamTable Table = new(
    [
        new("origin", new Uri("http://a.example:9090/")),
        new("vod", new Uri("http://b.example/base/")),
        new("ads", new Uri("http://b.example/base/ads/")),
    ]);

    [Theory]
    [InlineData("http://a.example:9090/x/y.ts?q=1", "origin", "/x/y.ts", "?q=1")]
    [InlineData("http://A.EXAMPLE:9090/", "origin", "/", "")]
    [InlineData("http://b.example/base/x", "vod", "/x", "")]
    [InlineData("http://b.example/base/ads/x", "ads", "/x", "")]
    public void TryLocate_ConfiguredHost_GivesClusterAndPathBelowPrefix(string url, string cluster, string path, string query)
    {
        Assert.True(Table.TryLocate(new Uri(url), "origin", out var address));
        Assert.Equal(new MediaAddress(cluster, path, query), address);
    }

    [Theory]
    [InlineData("http://a.example/x")]
    [InlineData("http://b.example/other/x")]
    [InlineData("http://b.example/basement/x")]
    [InlineData("http://c.example/x")]
    public void TryLocate_HostPortOrPrefixNotConfigured_IsForeign(string url) => Assert.False(Table.TryLocate(new Uri(url), "origin", out _));

    [Fact]
    public void TryGetUrl_RoundTrips()
    {
        Assert.True(Table.TryGetUrl(new MediaAddress("vod", "/x/y.ts", "?a=b"), out var url));
        Assert.Equal("http://b.example/base/x/y.ts?a=b", url.AbsoluteUri);
    }
}
