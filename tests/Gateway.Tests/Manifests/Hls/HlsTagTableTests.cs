using System.Text;
using Gateway.Manifests.Hls;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

/// <summary>
/// Every tag of draft-pantos-hls-rfc8216bis (§4.4, appendices D and F), and those of vendors that players know, with what happens to the URLs in it.
/// <c>^</c> marks what stands before a reference that leads through the gateway by its path, <c>@</c> by scheme and host; a line without either goes out as it came.
/// </summary>
public sealed class HlsTagTableTests
{
    private const string P = Ticket + "/origin/demo/v1/";

    [Theory]

    // §4.4.1, §4.4.2: basic tags, and tags of either playlist
    [InlineData("#EXTM3U")]
    [InlineData("#EXT-X-VERSION:12")]
    [InlineData("#EXT-X-INDEPENDENT-SEGMENTS")]
    [InlineData("#EXT-X-START:TIME-OFFSET=-4.0,PRECISE=YES")]
    [InlineData("#EXT-X-DEFINE:NAME=\"a\",VALUE=\"a.ts\"")]
    [InlineData("#EXT-X-DEFINE:IMPORT=\"a\"")]

    // §4.4.3: media playlist tags
    [InlineData("#EXT-X-TARGETDURATION:4")]
    [InlineData("#EXT-X-MEDIA-SEQUENCE:7")]
    [InlineData("#EXT-X-DISCONTINUITY-SEQUENCE:7")]
    [InlineData("#EXT-X-ENDLIST")]
    [InlineData("#EXT-X-PLAYLIST-TYPE:VOD")]
    [InlineData("#EXT-X-I-FRAMES-ONLY")]
    [InlineData("#EXT-X-PART-INF:PART-TARGET=0.3")]
    [InlineData("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=24.0,PART-HOLD-BACK=0.9")]

    // §4.4.4: media segment tags
    [InlineData("#EXTINF:4.0,a.ts\n^a.ts")]
    [InlineData("#EXT-X-BYTERANGE:100@0\n^a.ts")]
    [InlineData("#EXT-X-DISCONTINUITY")]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"@k\",IV=0x1")]
    [InlineData("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"data:text/plain;base64,AAAA\",KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"")]
    [InlineData("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\",KEYFORMAT=\"com.apple.streamingkeydelivery\"")]
    [InlineData("#EXT-X-MAP:URI=\"^i.mp4\",BYTERANGE=\"10@0\"")]
    [InlineData("#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z")]
    [InlineData("#EXT-X-GAP")]
    [InlineData("#EXT-X-BITRATE:900")]
    [InlineData("#EXT-X-PART:DURATION=0.3,URI=\"^p.mp4\",INDEPENDENT=YES")]

    // §4.4.5: media metadata tags
    [InlineData("#EXT-X-DATERANGE:ID=\"a\",SCTE35-OUT=0xFC30,X-COM-URL=\"http://example.com/a\"")]
    [InlineData("#EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES=\"a.ts\"")]
    [InlineData("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"^p.mp4\",BYTERANGE-START=0")]
    [InlineData("#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"^i.mp4\"")]
    [InlineData("#EXT-X-RENDITION-REPORT:URI=\"^m.m3u8\",LAST-MSN=3")]

    // §4.4.6: multivariant playlist tags
    [InlineData("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a.m3u8\",URI=\"^a.m3u8\"")]
    [InlineData("#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"a\",NAME=\"x\",INSTREAM-ID=\"CC1\"")]
    [InlineData("#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\",SUPPLEMENTAL-CODECS=\"dvh1.08.07/db4h\"\n^a.m3u8")]
    [InlineData("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"^i.m3u8\"")]
    [InlineData("#EXT-X-SESSION-DATA:DATA-ID=\"a\",URI=\"^d.json\",FORMAT=JSON")]
    [InlineData("#EXT-X-SESSION-DATA:DATA-ID=\"a\",VALUE=\"http://example.com/a\"")]
    [InlineData("#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"@k\"")]
    [InlineData("#EXT-X-CONTENT-STEERING:SERVER-URI=\"^steer.json\",PATHWAY-ID=\"a\"")]

    // Appendix D: interstitials; appendix F: preloading
    [InlineData("#EXT-X-DATERANGE:ID=\"a\",CLASS=\"com.apple.hls.interstitial\",X-ASSET-URI=\"@ad.m3u8\",X-RESUME-OFFSET=0,X-SNAP=\"OUT\",X-RESTRICT=\"SKIP\"")]
    [InlineData("#EXT-X-DATERANGE:ID=\"a\",CLASS=\"com.apple.hls.interstitial\",X-ASSET-LIST=\"^list.json\",X-CUE=\"PRE\",X-TIMELINE-OCCUPIES=\"POINT\"")]
    [InlineData("#EXT-X-DATERANGE:ID=\"a\",CLASS=\"com.apple.hls.interstitial\",X-ASSET-LIST=\"data:application/json,%7B%22ASSETS%22%3A%5B%5D%7D\"")]
    [InlineData("#EXT-X-DATERANGE:ID=\"a\",CLASS=\"com.apple.hls.preload\",X-URI=\"^a.m3u8\"")]

    // Of vendors: trick play by images, and values that only look like references
    [InlineData("#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180,URI=\"^i.m3u8\"")]
    [InlineData("#EXT-X-IMAGES-ONLY")]
    [InlineData("#EXT-X-TILES:RESOLUTION=320x180,LAYOUT=5x4,DURATION=6.0")]
    [InlineData("#EXT-X-CUE-OUT:DURATION=30")]
    [InlineData("#EXT-X-ALLOW-CACHE:YES")]
    [InlineData("#EXT-X-COM-VENDOR:URI=\"a.ts\"")]
    [InlineData("# a.ts")]
    public void Rewrite_EachTag_ReplacesItsReferencesAndNothingElse(string line)
    {
        var bare = line.Replace("^", "", StringComparison.Ordinal).Replace("\"@", "\"", StringComparison.Ordinal);
        var expected = line.Replace("^", P, StringComparison.Ordinal).Replace("\"@", "\"" + PublicOrigin + P, StringComparison.Ordinal);
        foreach (var (end, indent) in new[] { ("\n", ""), ("\r\n", ""), ("\r", ""), ("\n", "  "), ("\n", "\t\u00A0") })
        {
            string Whole(string lines) => string.Concat(("#EXTM3U\n" + lines + "\n#EXT-X-END").Split('\n').Select(l => indent + l + end));
            Assert.Equal(Whole(expected), Rewrite(Whole(bare), mirrored: false));
        }
    }

    [Theory]
    [InlineData("application/json,")]
    [InlineData("application/json;charset=utf-8;base64,")]
    public void Rewrite_AssetListWithinTheTag_LeadsThroughTheGateway(string head)
    {
        const string list = """{"ASSETS":[{"URI":"http://media.example.com/ad.m3u8","DURATION":15}]}""";
        var isBase64 = head.EndsWith("base64,", StringComparison.Ordinal);
        string Uri(string text) => "data:" + head + (isBase64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : System.Uri.EscapeDataString(text));
        var mapped = list.Replace("http://media.example.com", PublicOrigin + OtherTicket + "/media", StringComparison.Ordinal);
        Assert.Equal(
            $"#EXTM3U\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"{Uri(mapped)}\"",
            Rewrite($"#EXTM3U\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"{Uri(list)}\"", mirrored: true));
    }

    [Fact]
    public void Rewrite_AssetListWithinTheTagThatGrows_IsRefused()
    {
        var list = """{"ASSETS":[""" + string.Join(',', Enumerable.Repeat("""{"URI":"/a"}""", 15_000)) + "]}";
        var playlist = $"#EXTM3U\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"data:,{list.Replace("\"", "%22", StringComparison.Ordinal)}\"";
        Assert.Equal(HlsOutcome.LineTooLong, Rewrite(Encoding.UTF8.GetBytes(playlist), mirrored: false, out _).Outcome);
    }
}
