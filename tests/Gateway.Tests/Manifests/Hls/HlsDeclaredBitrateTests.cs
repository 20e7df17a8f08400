using System.Buffers;
using System.Text;
using Gateway.Manifests.Hls;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsDeclaredBitrateTests
{
    private const string Media = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"BANDWIDTH=1\",URI=\"a.m3u8\"\n";

    [Theory]
    [InlineData("BANDWIDTH=8708000,AVERAGE-BANDWIDTH=7928000,CODECS=\"avc3.64002a\"", "BANDWIDTH=529000,AVERAGE-BANDWIDTH=493000,CODECS=\"avc3.64002a\"")]
    [InlineData("CODECS=\"avc3.64002a,mp4a.40.2\", BANDWIDTH = 8708000 ,RESOLUTION=1920x1080", "CODECS=\"avc3.64002a,mp4a.40.2\", BANDWIDTH = 529000 ,RESOLUTION=1920x1080")]
    public void Variant_OfAnotherRung_DeclaresTheBitratesAndNothingElse(string attributes, string expected) =>
        Assert.Equal($"#EXTM3U\n{Media}#EXT-X-STREAM-INF:{expected}\r\nhigh.m3u8?BANDWIDTH=1\n", Write($"#EXTM3U\n{Media}#EXT-X-STREAM-INF:{attributes}\r\nhigh.m3u8?BANDWIDTH=1\n", 493_000));

    [Fact]
    public void Average_OfARungThatHasNone_IsItsPeak() =>
        Assert.Equal("#EXTM3U\n#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=529000,BANDWIDTH=529000\nx\n", Write("#EXTM3U\n#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=7,BANDWIDTH=8\nx\n", null));

    private static string Write(string playlist, long? average)
    {
        var output = new ArrayBufferWriter<byte>();
        HlsDeclaredBitrate.Write(Encoding.UTF8.GetBytes(playlist), 529_000, average, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
