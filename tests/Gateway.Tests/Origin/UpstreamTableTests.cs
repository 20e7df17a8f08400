using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Origin;

public sealed class UpstreamTableTests
{
    private static readonly UpstreamTable Table = new(
        [
            new("origin", new Uri("http://a.example:9090/")),
            new("vod", new Uri("http://b.example/base/")),
            new("ads", new Uri("http://b.example/base/ads/")),
            new("six", new Uri("http://[0:0:0:0:0:0:0:1]:8000/")),
            new("idn", new Uri("http://bücher.example/")),
            new("origin", new Uri("http://cdn.example"), IsMediaHost: true),
            new("vod", new Uri("http://alt.example:81/v"), IsMediaHost: true),
            new("secret", new Uri("http://user:pw@c.example/s/")),
        ],
        ["hollow"]);

    [Fact]
    public void DestinationsBelowAPath_RestOfTheHostNotCovered_AreListed()
    {
        Assert.Equal(["ads", "secret", "vod"], Table.DestinationsBelowAPath().Select(u => u.Cluster).Order(StringComparer.Ordinal));
        var whole = new UpstreamTable([new("origin", new Uri("http://a.example/sub/dir/")), new("root", new Uri("http://a.example/"))]);
        Assert.Empty(whole.DestinationsBelowAPath());
        // With the rest covered, references above the path go through the gateway.
        Assert.True(whole.TryLocate("http://a.example/ts/0.ts", "origin", out var above));
        Assert.Equal(new MediaAddress("root", "/ts/0.ts", ""), above);
        Assert.True(whole.TryLocate("http://a.example/sub/dir/x.m3u8", "origin", out var below));
        Assert.Equal(new MediaAddress("origin", "/x.m3u8", ""), below);
    }

    [Theory]
    [InlineData("http://a.example:9090/x/y.ts?q=1", "origin", "/x/y.ts", "?q=1")]
    [InlineData("http://A.EXAMPLE:9090/", "origin", "/", "")]
    [InlineData("http://a.example:9090", "origin", "/", "")]
    [InlineData("http://a.example:9090?q", "origin", "/", "?q")]
    [InlineData("http://a.example:09090/#f", "origin", "/", "")]
    [InlineData("https://a.example:9090/x", "origin", "/x", "")]
    [InlineData("http://b.example/base/x", "vod", "/x", "")]
    [InlineData("http://b.example:80/base/x", "vod", "/x", "")]
    [InlineData("http://b.example:/base/x", "vod", "/x", "")]
    [InlineData("http://b.example/base", "vod", "/", "")]
    [InlineData("http://b.example/base/ads/x", "ads", "/x", "")]
    [InlineData("http://b.example/x/../base/y", "vod", "/y", "")]
    [InlineData("http://[::1]:8000/x", "six", "/x", "")]
    [InlineData("http://[0::0:1]:8000/x", "six", "/x", "")]
    [InlineData("http://bücher.example/x", "idn", "/x", "")]
    [InlineData("http://xn--bcher-kva.example/x", "idn", "/x", "")]
    [InlineData("http://cdn.example/x", "origin", "/x", "")]
    [InlineData("https://cdn.example/x", "origin", "/x", "")]
    [InlineData("http://alt.example:81/v/x", "vod", "/x", "")]
    [InlineData("http://c.example/s/x", "secret", "/x", "")]
    [InlineData("http://a.example:9090/%7Ea/~b%2Fc;d=1%20e?f=%2f&g=~", "origin", "/%7Ea/~b%2Fc;d=1%20e", "?f=%2f&g=~")]
    [InlineData("http://a.example:9090/ü x", "origin", "/%C3%BC%20x", "")]
    public void TryLocate_ConfiguredHost_GivesClusterAndPathBelowPrefixInItsOwnSpelling(string url, string cluster, string path, string query)
    {
        Assert.True(Table.TryLocate(url, "origin", out var address));
        Assert.Equal(new MediaAddress(cluster, path, query), address);
    }

    [Theory]
    [InlineData("http://a.example/x")]
    [InlineData("http://a.example:9091/x")]
    [InlineData("http://b.example/other/x")]
    [InlineData("http://b.example/basement/x")]
    [InlineData("http://b.example/BASE/x")]
    [InlineData("http://b.example/base/../x")]
    [InlineData("http://b.example/base/%2e%2e/x")]
    [InlineData("http://b.example/base/..%2fx")]
    [InlineData("https://b.example/base/x")]
    [InlineData("http://c.example/x")]
    [InlineData("http://d.example/x")]
    [InlineData("http://cdn.example:8080/x")]
    [InlineData("http://a.example.:9090/x")]
    [InlineData("http://a.example:9090@evil.example/x")]
    [InlineData("http://evil@a.example:9090/x")]
    [InlineData("http://evil.example\\@a.example:9090/x")]
    [InlineData("http://a.example:9090\\@evil.example/x")]
    [InlineData("http://evil.example#@a.example:9090/x")]
    [InlineData("http://a.example%3a9090/x")]
    [InlineData("ftp://a.example:9090/x")]
    [InlineData("//a.example:9090/x")]
    [InlineData("http:///x")]
    [InlineData("")]
    public void TryLocate_NotConfiguredOrAmbiguous_IsForeign(string url) => Assert.False(Table.TryLocate(url, "origin", out _));

    [Theory]
    [InlineData("vod", "vod")]
    [InlineData("ads", "ads")]
    [InlineData("origin", "ads")]
    public void TryLocate_SeveralMatches_ThePreferredWinsThenTheLongestPrefix(string preferred, string expected)
    {
        Assert.True(Table.TryLocate("http://b.example/base/ads/x", preferred, out var address));
        Assert.Equal(expected, address.Cluster);
    }

    [Fact]
    public void TryGetUrl_LocatedAddress_RoundTrips()
    {
        Assert.True(Table.TryGetUrl(new MediaAddress("vod", "/%7Ex/y.ts", "?a=%2f"), out var url));
        Assert.Equal("http://b.example/base/%7Ex/y.ts?a=%2f", url.OriginalString);
        Assert.Equal("/base/%7Ex/y.ts?a=%2f", url.PathAndQuery);
    }

    [Fact]
    public void TryGetUrl_AddressWithUserInformation_LeavesItOut()
    {
        Assert.True(Table.TryGetUrl(new MediaAddress("secret", "/x", ""), out var url));
        Assert.Equal("http://c.example/s/x", url.OriginalString);
    }

    [Fact]
    public void Knows_ClusterWithoutDestination_IsTrue()
    {
        Assert.True(Table.Knows("hollow"));
        Assert.False(Table.TryGetUrl(new MediaAddress("hollow", "/x", ""), out _));
        Assert.False(Table.Knows("none"));
    }
}
