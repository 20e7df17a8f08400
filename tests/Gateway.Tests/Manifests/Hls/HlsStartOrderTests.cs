using System.Buffers;
using System.Text;
using Gateway.Manifests.Hls;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsStartOrderTests
{
    private const string Head = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",URI=\"a.m3u8\"\n";
    private const string Low = "#EXT-X-STREAM-INF:BANDWIDTH=800000\nlow.m3u8\n";
    private const string Middle = "#EXT-X-STREAM-INF:BANDWIDTH=2000000\n# a comment\nmiddle.m3u8\n";
    private const string High = "#EXT-X-STREAM-INF:BANDWIDTH=5000000\nhigh.m3u8\n";

    [Theory]
    [InlineData(2500, Head + Middle + Low + High)]
    [InlineData(9000, Head + High + Low + Middle)]
    [InlineData(100, null)]
    public void Playlist_WithAnExpectedRate_BeginsWithItsVariant(int kbps, string? expected) => Assert.Equal(expected, Apply(Head + Low + Middle + High, kbps));

    [Fact]
    public void Playlist_WithoutAFinalLineEnd_StaysAsItIs() => Assert.Null(Apply((Head + Low + High).TrimEnd('\n'), 9000));

    [Fact]
    public void Order_OfAMediaPlaylist_ChangesNothing() => Assert.Null(Apply("#EXTM3U\n#EXTINF:2,\na.ts\n", 9000));

    private static string? Apply(string playlist, int kbps)
    {
        var output = new ArrayBufferWriter<byte>();
        return HlsStartOrder.TryApply(Encoding.UTF8.GetBytes(playlist), kbps * 1000L, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}
