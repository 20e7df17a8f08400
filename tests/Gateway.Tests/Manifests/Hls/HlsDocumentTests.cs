using System.Buffers;
using System.Text;
using Gateway.Manifests.Hls;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsDocumentTests
{
    private const string A = PublicOrigin + Ticket + "/origin/demo/v1/";

    private static string Rewrite(string document, out HlsDocumentKind kind)
    {
        var output = new ArrayBufferWriter<byte>();
        var outcome = HlsDocument.Rewrite(Encoding.UTF8.GetBytes(document), Map(mirrored: true), output, out kind);
        if (outcome == HlsOutcome.Rewritten) return Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(HlsOutcome.Unchanged, outcome);
        Assert.Equal(0, output.WrittenCount);
        return document;
    }

    private static string Short(string document) => document
        .Replace(A, "<gw><own>", StringComparison.Ordinal)
        .Replace(OtherTicket, "<other>", StringComparison.Ordinal)
        .Replace(PublicOrigin, "<gw>", StringComparison.Ordinal);

    [Fact]
    public void Rewrite_AssetList_MakesItsAssetsOursAndLeavesTheRest()
    {
        var rewritten = Rewrite(
            """
            { "ASSETS" : [
                {"URI":"https:\/\/example.com\/ad1.m3u8?x=\u00e9", "DURATION": 15.00 , "X-URI":"http://media.example.com/", "X":{"URI":"a"}},
                {"DURATION":1,"URI":"rel.m3u8"},{"URI":"https://foreign.example/a"}, {"URI":5},[["a"],"b"] ,
              ],
              "SKIP-CONTROL":{"OFFSET":5,"URI":"b"}, "URI":"c" }
            """,
            out var kind);
        Assert.Equal(HlsDocumentKind.AssetList, kind);
        Assert.Equal(
            """
            { "ASSETS" : [
                {"URI":"<gw><other>/ads/ad1.m3u8?x=é", "DURATION": 15.00 , "X-URI":"http://media.example.com/", "X":{"URI":"a"}},
                {"DURATION":1,"URI":"<gw><own>rel.m3u8"},{"URI":"https://foreign.example/a"}, {"URI":5},[["a"],"b"] ,
              ],
              "SKIP-CONTROL":{"OFFSET":5,"URI":"b"}, "URI":"c" }
            """,
            Short(rewritten));
    }

    [Fact]
    public void Rewrite_SteeringManifest_KeepsThePlayerWithUs()
    {
        var rewritten = Rewrite(
            """
            {"VERSION":1,"TTL":300,"RELOAD-URI":"/steer?a=b","PATHWAY-PRIORITY":["A","B"],
             "PATHWAY-CLONES":[{"BASE-ID":"A","ID":"C","URI-REPLACEMENT":{"HOST":"cdn.example:8443","PARAMS":{"HOST":"x","URI":"y"},
             "PER-VARIANT-URIS":{"v1":"http://media.example.com/v1.m3u8","HOST":"https://foreign.example/"},"PER-RENDITION-URIS":{"r1":"http://example.com/r"}}}]}
            """,
            out var kind);
        Assert.Equal(HlsDocumentKind.Steering, kind);
        Assert.Equal(
            """
            {"VERSION":1,"TTL":300,"RELOAD-URI":"<gw><other>/origin/steer?a=b","PATHWAY-PRIORITY":["A","B"],
             "PATHWAY-CLONES":[{"BASE-ID":"A","ID":"C","URI-REPLACEMENT":{"HOST":"gw.example","PARAMS":{"HOST":"x","URI":"y"},
             "PER-VARIANT-URIS":{"v1":"<gw><other>/media/v1.m3u8","HOST":"https://foreign.example/"},"PER-RENDITION-URIS":{"r1":"<gw><other>/ads/r"}}}]}
            """.Replace("}}}]}", "}}}]}", StringComparison.Ordinal),
            Short(rewritten));
        Assert.Equal(rewritten, Rewrite(rewritten, out _));
    }

    [Theory]
    [InlineData("ASSETS", HlsDocumentKind.AssetList)]
    [InlineData("RELOAD-URI", HlsDocumentKind.Steering)]
    [InlineData("PATHWAY-PRIORITY", HlsDocumentKind.Steering)]
    [InlineData("SERVICE-LOCATION-PRIORITY", HlsDocumentKind.Steering)]
    [InlineData("PATHWAY-CLONES", HlsDocumentKind.Steering)]
    [InlineData("HOST", HlsDocumentKind.Other)]
    internal void Kind_IsToldByAnyOfItsMembers_AtTheTopOnly(string member, HlsDocumentKind expected)
    {
        Rewrite($"{{\"{member}\":[]}}", out var kind);
        Assert.Equal(expected, kind);
        Rewrite($"{{\"X\":{{\"{member}\":[]}}}}", out kind);
        Assert.Equal(HlsDocumentKind.Other, kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"URI\":\"a\",\"X\":[{\"URI\":\"http://example.com/\"}]}")]
    [InlineData("{\"ASSETS\":[{\"URI\":\"http://example.com/\"")]
    [InlineData("<html>")]
    [InlineData("{\"ASSETS\":[{\"URI\":\"http://example.com/\\ud800\"}]}")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}")]
    public void Rewrite_AnythingElse_IsUnchanged(string document)
    {
        Assert.Equal(document, Rewrite(document, out var kind));
        if (!document.StartsWith("{\"ASSETS", StringComparison.Ordinal)) Assert.Equal(HlsDocumentKind.Other, kind);
    }

    [Fact]
    public void Rewrite_InvalidUtf8_IsUnchanged() => Assert.Equal(
        HlsOutcome.Unchanged,
        HlsDocument.Rewrite(
            [.. "{\"ASSETS\":[{\"URI\":\"http:\\/\\/example.com/"u8, 0xC3, .. "\"}]}"u8],
            Map(mirrored: true),
            new ArrayBufferWriter<byte>(),
            out _));

    [Theory]
    [InlineData("data:application/json;base64,{0}", true)]
    [InlineData("DATA:;BASE64,{0}", true)]
    [InlineData("data:application/json;charset=utf-8,{0}", false)]
    public void Rewrite_SteeringManifestWithinThePlaylist_IsRewrittenToo(string uri, bool base64)
    {
        const string Document = "{\"VERSION\":1,\"RELOAD-URI\":\"http://media.example.com/s\",\"PATHWAY-PRIORITY\":[\"a\"]}";
        const string Rewritten = "{\"VERSION\":1,\"RELOAD-URI\":\"" + PublicOrigin + OtherTicket + "/media/s\",\"PATHWAY-PRIORITY\":[\"a\"]}";
        string Playlist(string document) => "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\""
            + string.Format(null, uri, base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(document)) : Uri.EscapeDataString(document))
            + "\",PATHWAY-ID=\"a\"\n";
        Assert.Equal(Playlist(Rewritten), HlsRewriting.Rewrite(Playlist(Document), mirrored: true));
        Assert.Equal(Playlist(Rewritten), HlsRewriting.Rewrite(Playlist(Rewritten), mirrored: true));
    }

    [Theory]
    [InlineData("data:application/json;base64,!!!")]
    [InlineData("data:application/json;base64,e30=")]
    [InlineData("data:nothing")]
    [InlineData("data:,%ff%00{")]
    public void Rewrite_DataUriWithoutASteeringManifest_KeepsItsBytes(string uri)
    {
        var playlist = $"#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"{uri}\"\n";
        Assert.Equal(playlist, HlsRewriting.Rewrite(playlist, mirrored: false));
    }
}
