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
    [InlineData(1, "low")]
    public void Hls_RungsAboveTheLimit_AreLeftOut(long most, string stays)
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

    [Theory]
    [InlineData("HEVC from 300k beside AVC from 700k", 500_000, "hvc1.2.4.L93 300000 a,avc1.64001f 700000 b,avc1.640028 900000 c", "a b")]
    [InlineData("audio beside video", 100_000, "mp4a.40.2 64000 a,avc1.64001f 700000 b,avc1.640028 900000 c", "a b")]
    [InlineData("HEVC far above beside AVC", 2_000_000, "avc1.64001f 700000 a,hvc1.2.4.L153 8000000 b", "a")]
    public void Hls_CodecFamilies_KeepTheLowestVideoThatMayBeNeeded(string why, long most, string ladder, string stays)
    {
        var variants = ladder.Split(',').Select(v => v.Split(' ')).ToArray();
        var playlist = "#EXTM3U\n" + string.Concat(variants.Select(v => $"  #EXT-X-STREAM-INF:BANDWIDTH={v[1]},CODECS=\"{v[0]}\"\n  {v[2]}.m3u8\n"));
        var capped = Apply(playlist, most, HlsLadderCap.TryApply);
        var left = string.Join(' ', variants.Select(v => v[2]).Where(name => capped.Contains($" {name}.m3u8", StringComparison.Ordinal)));
        Assert.True(stays == left, $"{why}: {left}");
    }

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
        Apply(Dash, most, ApplyDash));

    [Fact]
    public void Dash_BrokenOff_IsLeftToTheRewriter() => Assert.Equal(Dash[..200], Apply(Dash[..200], 1, ApplyDash));

    private static string Apply(string manifest, long most, Cap cap)
    {
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(manifest);
        if (cap(bytes, most, output)) return Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(0, output.WrittenCount);
        return manifest;
    }

    private delegate bool Cap(ReadOnlySpan<byte> manifest, long bitsPerSecond, IBufferWriter<byte> output);

    /// <summary>Keys per tier: video in sets of its own.</summary>
    private const string Tiers =
        "<!DOCTYPE MPD><MPD id='m'><PatchLocation>p</PatchLocation><Period><AdaptationSet id='sd' contentType='video'><Representation id='1' bandwidth='900000' codecs='avc1'/>"
        + "<Representation id='2' bandwidth='3000000' codecs='avc1'/></AdaptationSet><AdaptationSet id='uhd' contentType='video'><Representation id='3' bandwidth='&#56;000000' codecs='avc1'/>"
        + "</AdaptationSet><AdaptationSet id='h' mimeType='video/mp4' codecs='hvc1.2'><Representation id='4' bandwidth='300000'/><Representation id='5'/></AdaptationSet>"
        + "<AdaptationSet id='t' mimeType='video/mp4'><EssentialProperty schemeIdUri='http://dashif.org/guidelines/trickmode' value='1'/><Representation id='6' bandwidth='2500000'/></AdaptationSet>"
        + "<AdaptationSet id='a' contentType='audio'><Representation id='7' bandwidth='5000000'/></AdaptationSet></Period>"
        + "<Period><AdaptationSet id='x' contentType='video'><Representation id='8' bandwidth='9000000' codecs='hvc1'/><Representation id='9' bandwidth='9500000' codecs='hvc1'/></AdaptationSet></Period></MPD>";

    [Theory]
    [InlineData(2_000_000, "1 4 7 8", "sd h a x")]
    [InlineData(100_000, "1 7 8", "sd a x")]
    [InlineData(9_900_000, "1 2 3 4 6 7 8 9", "sd uhd h t a x")]
    public void Dash_AnyEncoding_OneRulePerPeriodAndNoSetStaysEmpty(long most, string rungs, string sets)
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            var output = new ArrayBufferWriter<byte>();
            Assert.Equal(DashCapOutcome.Cut, DashLadderCap.Apply([.. encoding.GetPreamble(), .. encoding.GetBytes(Tiers)], most, output));
            var capped = encoding.GetString(output.WrittenSpan);
            Assert.Equal(rungs, string.Join(' ', Enumerable.Range(1, 9).Where(i => capped.Contains($"<Representation id='{i}'", StringComparison.Ordinal))));
            Assert.Equal(sets, string.Join(' ', new[] { "sd", "uhd", "h", "t", "a", "x" }.Where(id => capped.Contains($"<AdaptationSet id='{id}'", StringComparison.Ordinal))));
            Assert.DoesNotContain("PatchLocation", capped, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("codecs='avc1.640028'")]
    [InlineData("width='1920' height='1080'")]
    public void Dash_VideoWithoutAType_IsLimitedAsWell(string says) => Assert.Equal(
        $"<MPD><Period><AdaptationSet><Representation id='l' bandwidth='500' {says}/></AdaptationSet></Period></MPD>",
        Apply($"<MPD><Period><AdaptationSet><Representation id='l' bandwidth='500' {says}/><Representation id='h' bandwidth='9000' {says}/></AdaptationSet></Period></MPD>", 1000, ApplyDash));

    [Fact]
    public void Dash_FirstSetOfWhichNothingIsLeft_GoesWhole()
    {
        const string high = "<AdaptationSet contentType='video'><Representation id='1' bandwidth='8000000' codecs='avc1'/></AdaptationSet>";
        const string low = "<AdaptationSet contentType='video'><Representation id='2' bandwidth='900000' codecs='avc1'/></AdaptationSet>";
        Assert.Equal($"<MPD><Period>{low}</Period></MPD>", Apply($"<MPD><Period>{high}{low}</Period></MPD>", 2_000_000, ApplyDash));
    }

    [Fact]
    public void Dash_PatchUnderALimit_IsRefused() =>
        Assert.Equal(DashCapOutcome.Refused, DashLadderCap.Apply("<Patch><add sel='/MPD/Period/AdaptationSet'><Representation bandwidth='9'/></add></Patch>"u8, 1000, new ArrayBufferWriter<byte>()));

    [Fact]
    public void Dash_RemoteElement_IsCutByItself()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(DashCapOutcome.Cut, DashLadderCap.Apply(
            "<AdaptationSet xmlns='urn:mpeg:dash:schema:mpd:2011' contentType='video'><Representation bandwidth='10'/><Representation bandwidth='2000'/></AdaptationSet>"u8, 1000, output));
        Assert.DoesNotContain("2000", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    private static bool ApplyDash(ReadOnlySpan<byte> manifest, long bitsPerSecond, IBufferWriter<byte> output) => DashLadderCap.Apply(manifest, bitsPerSecond, output) == DashCapOutcome.Cut;
}
