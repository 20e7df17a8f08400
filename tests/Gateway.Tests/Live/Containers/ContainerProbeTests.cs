using Gateway.Live.Containers;
using Gateway.Testing;

namespace Gateway.Tests.Live.Containers;

/// <summary>Files of ffmpeg's as chunks come, whole, cut and spoilt.</summary>
public sealed class ContainerProbeTests : IDisposable
{
    private static readonly string[] Source = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-f", "lavfi", "-i", "sine=sample_rate=48000", "-t", "2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("probe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Forms => new()
    {
        { "plain.mp4", "-c:v libx264 -pix_fmt yuv420p -c:a aac" },
        { "fast.mp4", "-c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +faststart" },
        { "fragmented.mp4", "-c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +frag_keyframe+empty_moov+default_base_moof" },
        { "sound.mp4", "-vn -c:a aac" },
        { "picture.mp4", "-an -c:v libx264 -pix_fmt yuv420p" },
        { "vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus" },
        { "live.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -live 1 -f webm" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Media_WholeCutOrSpoilt_IsToldFromWhatIsNone(string name, string arguments)
    {
        var path = Path.Combine(_folder, name);
        await Ffmpeg.RunAsync([.. Source, .. arguments.Split(' '), path]);
        Assert.InRange(SecondsOf(path) ?? 0, 1.9, 2.1);
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        // Cut anywhere: what a player could not play to its end is refused, whatever it is, and nothing throws.
        for (var at = 0; at < whole.Length - 1; at += Math.Max(1, whole.Length / 200)) Probe(whole[..at]);
        Assert.Null(Probe(whole[..(whole.Length / 2)]) is { } half && half > 1.9 ? half : null);

        var dice = new Random(20260214);
        for (var i = 0; i < 300; i++)
        {
            var spoilt = whole.ToArray();
            for (var k = 0; k < 1 + (i % 8); k++) spoilt[dice.Next(Math.Min(spoilt.Length, 4000))] = (byte)dice.Next(256);
            Assert.True(Probe(spoilt) is null or (>= 0 and < 86_400));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("this is a text of some length, and no media at all")]
    [InlineData("\0\0\0\u0010ftypisom\0\0\0\0")]
    [InlineData("\0\0\0\0ftyp")]
    [InlineData("\0\0\0\u0001ftyp\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f")]
    [InlineData("<html><body>502 Bad Gateway</body></html>")]
    public void Bytes_ThatAreNoMedia_HaveNoDuration(string text) => Assert.Null(Probe(System.Text.Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    [InlineData(40_000, false)]
    public void MovieHeader_WithTracksOfNoMedia_IsReadUpToABound(int others, bool isRead)
    {
        byte[] other = [.. Track("hint")];
        byte[] moov = [.. Enumerable.Repeat(other, others).SelectMany(t => t), .. Track("vide")];
        Assert.Equal(isRead, IsoMovie.Read(moov) is not null);
    }

    private static byte[] Track(string handler) =>
        Box("trak", [.. Box("tkhd", [.. new byte[12], 0, 0, 0, 1]), .. Box("mdia", [.. Box("mdhd", [.. new byte[12], 0, 0, 0, 1, 0, 0, 0, 1]), .. Box("hdlr", [.. new byte[8], .. System.Text.Encoding.ASCII.GetBytes(handler)])])]);

    private static byte[] Box(string type, byte[] payload) => [0, 0, 0, (byte)(payload.Length + 8), .. System.Text.Encoding.ASCII.GetBytes(type), .. payload];

    private double? Probe(byte[] bytes)
    {
        var path = Path.Combine(_folder, "probed");
        File.WriteAllBytes(path, bytes);
        return SecondsOf(path);
    }

    private static double? SecondsOf(string path)
    {
        using var file = File.OpenHandle(path);
        return ContainerProbe.Seconds(file);
    }
}
