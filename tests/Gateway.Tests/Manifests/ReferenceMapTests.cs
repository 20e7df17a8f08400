using System.Buffers;
using System.Text;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Manifests;

public sealed class ReferenceMapTests
{
    private const string T = "/api/v1/playback/T";
    private const string Other = "/api/v1/playback/other";

    private static readonly UpstreamTable Upstreams = new(
    [
        new("origin", new Uri("http://o.example:9090/")),
        new("vod", new Uri("https://v.example/base/")),
        new("vod", new Uri("https://cdn.v.example/base/")),
    ]);

    private static readonly ReferenceTarget Target = new(
        "https://gw.example",
        address => address.Cluster == "origin" && address.Path.StartsWith("/demo/", StringComparison.Ordinal) ? T : Other);

    private static ReferenceMap Mirrored(string url = "http://o.example:9090/demo/v1/media.m3u8?sid=7") =>
        new(Upstreams, "origin", new Uri(url), Target, mirrored: true);

    private static ReferenceMap Prefixed(string url = "http://o.example:9090/demo/v1/media.m3u8?sid=7") =>
        new(Upstreams, "origin", new Uri(url), Target, mirrored: false);

    private static string Map(ReferenceMap map, string reference, ReferenceForm form = ReferenceForm.Shortest)
    {
        var output = new ArrayBufferWriter<byte>();
        var verdict = map.Map(Encoding.UTF8.GetBytes(reference), form, output);
        if (verdict == ReferenceVerdict.Replaced) return Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(0, output.WrittenCount);
        return verdict == ReferenceVerdict.Keep ? "keep" : "foreign";
    }

    [Theory]
    [InlineData("seg.ts")]
    [InlineData("a/b/seg.ts?x=1&y=/../z#f")]
    [InlineData("a%20b%2Fc.ts")]
    [InlineData("with space é.ts")]
    [InlineData("seg$Number%05d$.m4s")]
    [InlineData("./seg.ts")]
    [InlineData("../v2/seg.ts")]
    [InlineData("..")]
    [InlineData("?only=query")]
    [InlineData("#fragment")]
    [InlineData("")]
    [InlineData(".hidden/.file")]
    [InlineData("12:30.ts")]
    [InlineData("a_b:c.ts")]
    [InlineData("a/b:c.ts")]
    [InlineData("...")]
    public void Map_MirroredRelativeReferenceInsideTheScope_KeepsItsBytes(string reference) => Assert.Equal("keep", Map(Mirrored(), reference));

    [Theory]
    [InlineData("seg.ts", T + "/origin/demo/v1/seg.ts")]
    [InlineData("a/b/seg.ts?x=1&y=/../z#f", T + "/origin/demo/v1/a/b/seg.ts?x=1&y=/../z#f")]
    [InlineData("a%20b%2Fc%7E.ts", T + "/origin/demo/v1/a%20b%2Fc%7E.ts")]
    [InlineData("with space é.ts", T + "/origin/demo/v1/with space é.ts")]
    [InlineData("seg$Number%05d$.m4s", T + "/origin/demo/v1/seg$Number%05d$.m4s")]
    [InlineData("./seg.ts", T + "/origin/demo/v1/seg.ts")]
    [InlineData("../v2/./x/../seg.ts", T + "/origin/demo/v2/seg.ts")]
    [InlineData("..", T + "/origin/demo/")]
    [InlineData("../..", Other + "/origin/")]
    [InlineData("../../../../seg.ts", Other + "/origin/seg.ts")]
    [InlineData("%2e%2E/v2/.%2e/seg.ts", T + "/origin/demo/seg.ts")]
    [InlineData("?only=query", T + "/origin/demo/v1/media.m3u8?only=query")]
    [InlineData("?", T + "/origin/demo/v1/media.m3u8?")]
    [InlineData("#fragment", T + "/origin/demo/v1/media.m3u8?sid=7#fragment")]
    [InlineData("", T + "/origin/demo/v1/media.m3u8?sid=7")]
    [InlineData("/demo/x//y.ts", T + "/origin/demo/x//y.ts")]
    [InlineData("/elsewhere/y.ts", Other + "/origin/elsewhere/y.ts")]
    [InlineData("/", Other + "/origin/")]
    [InlineData("//o.example:9090/demo/y.ts", T + "/origin/demo/y.ts")]
    [InlineData("http://o.example:9090/demo/y%2f.ts?u=http://x/", T + "/origin/demo/y%2f.ts?u=http://x/")]
    [InlineData("HTTP://O.EXAMPLE:9090/demo/y.ts", T + "/origin/demo/y.ts")]
    [InlineData("http://user:pw@o.example:9090/demo/y.ts", T + "/origin/demo/y.ts")]
    [InlineData("http://o.example:9090", Other + "/origin/")]
    [InlineData("http://o.example:9090?q", Other + "/origin/?q")]
    [InlineData("https://cdn.v.example/base/a/b.ts", Other + "/vod/a/b.ts")]
    [InlineData("https://cdn.v.example/base/ü/b.ts", Other + "/vod/ü/b.ts")]
    [InlineData("https://cdn.v.example/other/../base/b.ts", Other + "/vod/b.ts")]
    [InlineData("..\\v2\\seg.ts", T + "/origin/demo/v2/seg.ts")]
    [InlineData("\\demo\\seg.ts?a\\b", T + "/origin/demo/seg.ts?a%5Cb")]
    [InlineData("/\\o.example:9090/demo/y.ts", T + "/origin/demo/y.ts")]
    [InlineData("a\tb\u0001c\"d.ts", T + "/origin/demo/v1/ab%01c%22d.ts")]
    [InlineData(".\t./v2/seg.ts", T + "/origin/demo/v2/seg.ts")]
    public void Map_Prefixed_WritesTheGatewaysPathAndKeepsTheSpelling(string reference, string expected) =>
        Assert.Equal(expected, Map(Prefixed(), reference));

    [Theory]
    [InlineData("../../seg.ts", Other + "/origin/seg.ts")]
    [InlineData("../../../../seg.ts", Other + "/origin/seg.ts")]
    [InlineData("../../../demo/v1/seg.ts", T + "/origin/demo/v1/seg.ts")]
    [InlineData("%2e%2e/v2/seg.ts", T + "/origin/demo/v2/seg.ts")]
    [InlineData("..\\v2\\seg.ts", T + "/origin/demo/v2/seg.ts")]
    [InlineData("/demo/v1/seg.ts", T + "/origin/demo/v1/seg.ts")]
    [InlineData("http://o.example:9090/demo/v1/seg.ts", T + "/origin/demo/v1/seg.ts")]
    public void Map_MirroredButLeadingElsewhereOrReadDifferentlyByPlayers_IsReplaced(string reference, string expected) =>
        Assert.Equal(expected, Map(Mirrored(), reference));

    [Theory]
    [InlineData("skd://key/1")]
    [InlineData("data:text/plain;base64,SGVsbG8=")]
    [InlineData("urn:uuid:1")]
    [InlineData("blob:https://x/1")]
    [InlineData("ftp://o.example:9090/x")]
    [InlineData("data:a\\b\"c")]
    [InlineData("http:seg.ts")]
    [InlineData("http:///seg.ts")]
    [InlineData("http://[broken/seg.ts")]
    [InlineData("///seg.ts")]
    public void Map_OtherSchemesAndWhatIsNoUrl_KeepTheirBytes(string reference)
    {
        foreach (var form in Enum.GetValues<ReferenceForm>())
        {
            Assert.Equal("keep", Map(Prefixed(), reference, form));
            Assert.Equal("keep", Map(Mirrored(), reference, form));
        }
    }

    [Theory]
    [InlineData("http://x.example/a.ts", "foreign")]
    [InlineData("http://o.example/a.ts", "foreign")]
    [InlineData("https://v.example/basement/a.ts", "foreign")]
    [InlineData("https://v.example/base/../a.ts", "foreign")]
    [InlineData("https://v.example/base/%2E%2e/a.ts", "foreign")]
    [InlineData("https://gw.example/other/a.ts", "foreign")]
    [InlineData("//x.example/a.ts", "http://x.example/a.ts")]
    [InlineData("//xé.example/ü/a.ts", "http://xé.example/ü/a.ts")]
    public void Map_Foreign_StillMeansTheSameUrl(string reference, string expected)
    {
        foreach (var map in new[] { Prefixed(), Mirrored() })
        {
            Assert.Equal(expected, Map(map, reference));
            Assert.Equal(1, map.ForeignCount);
        }
    }

    [Fact]
    public void Map_ForeignWithTheSchemeOfThePlayer_KeepsItsBytes() =>
        Assert.Equal("foreign", Map(Mirrored("https://v.example/base/x/m.m3u8"), "//x.example/a.ts"));

    [Theory]
    [InlineData("../../a.ts?q=1#f", "https://v.example/a.ts?q=1#f")]
    [InlineData("/a%2F.ts", "https://v.example/a%2F.ts")]
    [InlineData("%2e%2e/%2E./b/..%2fa.ts", "https://v.example/b/..%2fa.ts")]
    public void Map_OutsideTheDestinationsPrefix_IsForeignAndAbsolute(string reference, string expected)
    {
        var map = Mirrored("https://v.example/base/x/m.m3u8");
        Assert.Equal(expected, Map(map, reference));
        Assert.Equal(1, map.ForeignCount);
    }

    [Fact]
    public void Map_LeavingThePrefixAndComingBack_IsOurs() =>
        Assert.Equal(Other + "/vod/a.ts", Map(Mirrored("https://v.example/base/x/m.m3u8"), "../../base/a.ts"));

    [Fact]
    public void Map_ManifestOfAForeignHost_MakesItsReferencesAbsolute()
    {
        var map = Prefixed("http://x.example/a/m.m3u8");
        Assert.Equal("http://x.example/a/seg.ts", Map(map, "seg.ts"));
        Assert.Equal("http://x.example/a/m.m3u8?x", Map(map, "?x"));
        Assert.Equal(2, map.ForeignCount);
    }

    [Theory]
    [InlineData("key.bin", "https://gw.example" + T + "/origin/demo/v1/key.bin")]
    [InlineData("../key.bin", "https://gw.example" + T + "/origin/demo/key.bin")]
    [InlineData("http://o.example:9090/k", "https://gw.example" + Other + "/origin/k")]
    [InlineData(T + "/origin/demo/k", "https://gw.example" + T + "/origin/demo/k")]
    [InlineData("https://gw.example" + T + "/origin/demo/k", "keep")]
    [InlineData("http://x.example/k", "foreign")]
    public void Map_Absolute_HasSchemeAndHost(string reference, string expected)
    {
        Assert.Equal(expected, Map(Mirrored(), reference, ReferenceForm.Absolute));
        Assert.Equal(expected, Map(Prefixed(), reference, ReferenceForm.Absolute));
    }

    [Theory]
    [InlineData(T + "/origin/demo/v1/seg.ts?x", "keep")]
    [InlineData(T + "/origin/demo/my%20dir/seg.ts", "keep")]
    [InlineData(Other + "/vod/x/seg.ts", "keep")]
    [InlineData("https://gw.example" + T + "/origin/demo/v1/seg.ts", "keep")]
    [InlineData("https://gw.example/api/v1/playback/formerly/origin/demo/v1/seg.ts", "keep")]
    [InlineData("/api/v1/playback/formerly/origin/seg.ts", Other + "/origin/api/v1/playback/formerly/origin/seg.ts")]
    [InlineData(T + "/origin/demo/../seg.ts", Other + "/origin" + T + "/origin/seg.ts")]
    [InlineData(T + "/origin/%2e%2e/seg.ts", Other + "/origin" + T + "/seg.ts")]
    public void Map_ReferenceThatLeadsThroughUsAlready_IsKeptUnlessOnlyItsPathLooksLikeIt(string reference, string expected)
    {
        Assert.Equal(expected, Map(Mirrored(), reference));
        Assert.Equal(expected, Map(Prefixed(), reference));
    }

    [Fact]
    public void Map_SecondFileOfADirectory_IsMappedLikeTheFirst()
    {
        var map = Prefixed();
        for (var round = 0; round < 3; round++)
        {
            foreach (var directory in new[] { "/demo/a/", "../", "http://x.example/", "https://v.example/base/", "/demo/b/", "//o.example:9090/" })
            {
                Assert.Equal(Map(Prefixed(), directory + "f.ts"), Map(map, directory + "f.ts"));
            }
        }
    }

    [Theory]
    [InlineData("seg.ts", "origin:/demo/v1/seg.ts")]
    [InlineData("a b/ü.ts?x=ü y", "origin:/demo/v1/a%20b/%C3%BC.ts?x=%C3%BC%20y")]
    [InlineData("", "origin:/demo/v1/media.m3u8?sid=7")]
    [InlineData("?", "origin:/demo/v1/media.m3u8")]
    [InlineData("../x%2Fy.ts#f", "origin:/demo/x%2Fy.ts")]
    [InlineData("https://v.example/base", null)]
    [InlineData("https://v.example/base/", "vod:/")]
    [InlineData("http://x.example/", null)]
    [InlineData("skd://o.example:9090/", null)]
    [InlineData("/\\o.example:9090\\x", "origin:/x")]
    public void TryLocate_Reference_GivesTheAddressOnTheWire(string reference, string? expected)
    {
        var found = Mirrored().TryLocate(Encoding.UTF8.GetBytes(reference), out var address);
        Assert.Equal(expected, found ? address.ToString() : null);
    }

    [Theory]
    [InlineData("http://nobody.example/demo/media.m3u8", "/api/v1/playback/T/vod/a.ts")]
    [InlineData("http://nobody.example/demo/media.m3u8", "https://v.example/base/a.ts")]
    [InlineData("http://o.example:9090/demo/v1/media.m3u8", "/api/v1/playback/T/nowhere/a.ts")]
    [InlineData("http://o.example:9090/demo/v1/media.m3u8", "https://gw.example/api/v1/playback/T/nowhere/a.ts")]
    public void Map_ForeignBaseOrForeignWords_TicketIsAskedForConfiguredClustersOnly(string upstream, string reference)
    {
        foreach (var mirrored in new[] { true, false })
        {
            var asked = new List<MediaAddress>();
            var target = new ReferenceTarget(Target.PublicOrigin, address =>
            {
                asked.Add(address);
                return T;
            });

            Map(new ReferenceMap(Upstreams, "origin", new Uri(upstream), target, mirrored), reference);

            Assert.NotEmpty(asked);
            Assert.All(asked, address => Assert.True(Upstreams.Knows(address.Cluster), address.ToString()));
        }
    }

    [Fact]
    public void Map_OwnRouteWithAnUnknownCluster_IsAPathOfUpstreams()
    {
        var map = new ReferenceMap(Upstreams, "origin", new Uri("http://o.example:9090/demo/v1/media.m3u8"), new ReferenceTarget("https://gw.example", _ => T), mirrored: true);
        Assert.Equal(T + "/origin/api/v1/playback/T/nowhere/a.ts", Map(map, "/api/v1/playback/T/nowhere/a.ts"));
    }
}
