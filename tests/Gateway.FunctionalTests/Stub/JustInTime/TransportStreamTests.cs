using System.Buffers.Binary;
using System.Globalization;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Segments of MPEG-TS, each made by an encoder of its own, are one transport stream: no packet lost, no time off its grid, nothing that does not decode.</summary>
public sealed class TransportStreamTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    private static readonly string[] s_apart = ["--Transcoder:Encoding:Ahead=00:00:00", "--Transcoder:Encoding:JoinAhead=00:00:00"];

    [Theory]
    [InlineData("film.mp4", "v240", 300, 3600)]
    [InlineData("ntsc.mkv", "v240", 270, 3003)]
    [InlineData("odd-keys.mp4", "v240", 225, 3600)]
    [InlineData("variable.mp4", "v240", 0, 0)]
    [InlineData("film.mp4", "a128", 563, 1920)]
    [InlineData("song44.flac", "a256", 560, 0)]
    public async Task Rendition_MadeBackwards_IsOneStreamWithoutGap(string source, string rendition, int packets, int step)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, s_apart);
        var bytes = await MadeRendition.FetchAsync(host, $"/jit/{source}/ts", rendition, backwards: true);
        var file = media.In($"{Guid.NewGuid():N}.ts");
        await File.WriteAllBytesAsync(file, bytes);

        AssertContinuous(bytes);
        Assert.Empty(await Ffmpeg.RunAsync("-v", "warning", "-xerror", "-i", file, "-f", "null", "-"));
        var times = (await MadeRendition.PacketsAsync(file)).ConvertAll(p => p.Time);
        if (packets > 0) Assert.InRange(times.Count, packets - 1, packets + 1);
        Assert.Equal(126_000, times[0]);

        // 90 kHz holds frames of 44.1 kHz to half a tick, and ffmpeg counts on from the first frame of a PES packet.
        if (step > 0) Assert.All(times, (t, n) => Assert.Equal(126_000 + ((long)n * step), t));
        else if (rendition[0] == 'a') Assert.All(times, (t, n) => Assert.InRange(t - (126_000 + (n * 1024 * 90_000.0 / 44_100)), -4.5, 4.5));
    }

    [Theory]
    [InlineData("film.mp4")]
    [InlineData("ntsc.mkv")]
    public async Task Picture_InTransportStreamAndInCmaf_DecodesToTheSame(string source)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, [.. s_apart, "--Transcoder:Encoding:Threads=1"]);
        var sums = new List<string>();
        foreach (var (form, extension) in new[] { ("ts", "ts"), ("cmaf", "mp4") })
        {
            var file = media.In($"{Guid.NewGuid():N}.{extension}");
            await File.WriteAllBytesAsync(file, await MadeRendition.FetchAsync(host, $"/jit/{source}/{form}", "v240", backwards: true));
            sums.Add(string.Join('\n', (await Ffmpeg.RunAsync("-i", file, "-f", "framemd5", "-")).Split('\n').Where(l => !l.StartsWith('#')).Select(l => l.Split(',')[^1].Trim())));
        }

        Assert.Equal(sums[1], sums[0]);
    }

    [Fact]
    public async Task Title_AsTransportStream_IsReadWholeByFfmpegFromItsMaster()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        var master = await host.Client.GetStringAsync("/jit/film.mp4/ts/master.m3u8");
        var said = await Ffmpeg.ProbeAsync("-count_packets", "-show_entries", "stream=codec_name,nb_read_packets", "-of", "csv=p=0", $"{host.Url}/jit/film.mp4/ts/master.m3u8");

        Assert.Contains("CODECS=\"avc1.64", master, StringComparison.Ordinal);
        Assert.Contains("h264,300", said, StringComparison.Ordinal);
        Assert.Contains("aac,56", said, StringComparison.Ordinal);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, "/jit/film.mp4/ts/manifest.mpd")).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, "/jit/film.mp4/ts/video/init.mp4")).Status);
    }

    /// <summary>Each PID's packets are numbered without a break (ISO/IEC 13818-1 section 2.4.3.3), and its clock never stands back.</summary>
    private static void AssertContinuous(byte[] bytes)
    {
        Assert.Equal(0, bytes.Length % 188);
        var counters = new Dictionary<int, int>();
        long clock = -1;
        for (var at = 0; at < bytes.Length; at += 188)
        {
            Assert.Equal(0x47, bytes[at]);
            var pid = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 1)) & 0x1FFF;
            var counter = bytes[at + 3] & 0xF;
            if (counters.TryGetValue(pid, out var before) && (before + 1) % 16 != counter)
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"PID {pid} goes from {before} to {counter} at byte {at}."));
            counters[pid] = counter;
            if ((bytes[at + 3] & 0x20) == 0 || bytes[at + 4] == 0 || (bytes[at + 5] & 0x10) == 0) continue;
            var next = ((long)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 6)) << 1) | (uint)(bytes[at + 10] >> 7);
            Assert.InRange(next - clock, 1, clock < 0 ? long.MaxValue : 9000 * 4);
            clock = next;
        }

        Assert.Equal(3, counters.Count);
    }
}
