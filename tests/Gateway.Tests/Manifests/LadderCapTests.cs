using System.Buffers;
using System.Text;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;

namespace Gateway.Tests.Manifests;

/// <summary>What is above a viewer's bitrate is not offered; everything else is, byte for byte.</summary>
public sealed class LadderCapTests
{
    private const string Hls =
        "#EXTM3U\r\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",URI=\"a.m3u8\"\r\n# a comment\r\n" +
        "#EXT-X-STREAM-INF:BANDWIDTH=900000,AUDIO=\"a\"\r\n# between\r\n\r\nhigh.m3u8\r\n" +
        "#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=1,BANDWIDTH=400000,AUDIO=\"a\"\r\nlow.m3u8\r\n" +
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=500000,URI=\"i.m3u8\"\r\n" +
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=40000,URI=\"j.m3u8\"\r\n#EXT-X-UNKNOWN:1";

    private const string Dash =
        "<?xml version=\"1.0\"?>\n<MPD><Period><!-- <Representation bandwidth='9'/> -->\n" +
        "<AdaptationSet contentType=\"video\"><SegmentTemplate media=\"$RepresentationID$\"/>\n" +
        " <Representation id='h' bandwidth='900000'><BaseURL>h/</BaseURL></Representation>\n <Representation bandwidth=\"400000\" id=\"l\"/>\n</AdaptationSet>\n" +
        "<AdaptationSet><Representation mimeType=\"audio/mp4\" bandwidth=\"999999\"/></AdaptationSet></Period></MPD>";

    [Theory]
    [InlineData(1_000_000, "high low i j")]
    [InlineData(900_000, "high low i j")]
    [InlineData(600_000, "low i j")]
    [InlineData(450_000, "low j")]
    [InlineData(1, "low j")]
    public void Hls_LeavesOutWhatIsAbove(long most, string stays)
    {
        var capped = Apply(Hls, most, HlsLadderCap.TryApply);
        Assert.Equal(stays, string.Join(' ', new[] { "high", "low", "i", "j" }.Where(name => capped.Contains($"{name}.m3u8", StringComparison.Ordinal))));
        Assert.Contains("a.m3u8\"\r\n# a comment\r\n", capped, StringComparison.Ordinal);
        Assert.EndsWith("#EXT-X-UNKNOWN:1", capped, StringComparison.Ordinal);
        Assert.Equal(stays.Contains("high", StringComparison.Ordinal), capped.Contains("900000", StringComparison.Ordinal));
    }

    [Fact]
    public void Hls_OneVariantLess_IsOtherwiseTheSame() => Assert.Equal(
        Hls.Replace("#EXT-X-STREAM-INF:BANDWIDTH=900000,AUDIO=\"a\"\r\n", "", StringComparison.Ordinal).Replace("high.m3u8\r\n", "", StringComparison.Ordinal),
        Apply(Hls, 600_000, HlsLadderCap.TryApply));

    [Fact]
    public void Hls_MediaPlaylist_IsLeftAlone()
    {
        const string media = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhigh.ts\n";
        Assert.Equal(media, Apply(media, 1, HlsLadderCap.TryApply));
    }

    [Theory]
    [InlineData(900_000, true)]
    [InlineData(899_999, false)]
    [InlineData(1, false)]
    public void Dash_LeavesOutWhatIsAbove_AndNoSound(long most, bool staysWhole) => Assert.Equal(
        staysWhole ? Dash : Dash.Replace("<Representation id='h' bandwidth='900000'><BaseURL>h/</BaseURL></Representation>", "", StringComparison.Ordinal),
        Apply(Dash, most, DashLadderCap.TryApply));

    [Fact]
    public void Dash_BrokenOff_IsLeftToTheRewriter() => Assert.Equal(Dash[..200], Apply(Dash[..200], 1, DashLadderCap.TryApply));

    private static string Apply(string manifest, long most, Cap cap)
    {
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(manifest);
        if (cap(bytes, most, output)) return Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(0, output.WrittenCount);
        return manifest;
    }

    private delegate bool Cap(ReadOnlySpan<byte> manifest, long bitsPerSecond, IBufferWriter<byte> output);
}
