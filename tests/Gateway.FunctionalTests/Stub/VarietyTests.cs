using System.Diagnostics;
using System.Globalization;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub;

/// <summary>The bundled titles of other shapes: each plays from its manifests, every frame of it.</summary>
public sealed class VarietyTests(StubHost stub) : IClassFixture<StubHost>
{
    private const int VideoFrames = 800, AudioFrames = 1500;

    [Theory]
    [InlineData("/demo-5s/v180/index.m3u8", VideoFrames, 7)]
    [InlineData("/demo-6s/v180/index.m3u8", VideoFrames, 6)]
    [InlineData("/demo-30s/v180/index.m3u8", VideoFrames, 2)]
    [InlineData("/demo-30s/a48/index.m3u8", AudioFrames, 2)]
    [InlineData("/demo-aes/v180/index.m3u8", VideoFrames + AudioFrames, 16)]
    [InlineData("/demo-ranges/v180/index.m3u8", VideoFrames, 16)]
    [InlineData("/demo-ranges/a48/index.m3u8", AudioFrames, 16)]
    [InlineData("/demo-audio/a64/index.m3u8", AudioFrames, 16)]
    [InlineData("/demo-ladder/v144/index.m3u8", VideoFrames, 16)]
    public async Task Rendition_OfEachShape_GivesEveryFrame(string path, int frames, int segments)
    {
        var playlist = await stub.Client.GetStringAsync(path);
        var sums = await Ffmpeg.RunAsync("-i", stub.Url + path, "-map", "0", "-f", "framecrc", "-");

        Assert.Equal(segments, playlist.Split("#EXTINF:").Length - 1);
        Assert.Equal(frames, sums.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line[0] != '#'));
    }

    [Theory]
    [InlineData("/demo-5s/manifest.mpd", VideoFrames + AudioFrames)]
    [InlineData("/demo-6s/manifest.mpd", VideoFrames + AudioFrames)]
    [InlineData("/demo-30s/manifest.mpd", VideoFrames + AudioFrames)]
    [InlineData("/demo-ladder/manifest.mpd", (5 * VideoFrames) + AudioFrames)]
    [InlineData("/demo-audio/manifest.mpd", AudioFrames)]
    public async Task Manifest_OfEachShape_GivesEveryFrame(string path, int frames)
    {
        var sums = await Ffmpeg.RunAsync("-i", stub.Url + path, "-map", "0", "-f", "framecrc", "-");

        Assert.Equal(frames, sums.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line[0] != '#'));
    }

    [Fact]
    public async Task Ladder_OfFiveSteps_RisesByItsRates()
    {
        var master = await stub.Client.GetStringAsync("/demo-ladder/master.m3u8");
        var rates = master.Split("AVERAGE-BANDWIDTH=").Skip(1).Select(p => int.Parse(p.Split(',')[0], CultureInfo.InvariantCulture)).ToList();

        Assert.Equal(5, rates.Count);
        Assert.Equal(rates.OrderDescending(), rates);
    }

    [Fact]
    public async Task Subtitles_InBothManifests_HaveACueEveryTwoSeconds()
    {
        Assert.Contains("TYPE=SUBTITLES", await stub.Client.GetStringAsync("/demo-subtitles/master.m3u8"), StringComparison.Ordinal);
        Assert.Contains("en/all.vtt", await stub.Client.GetStringAsync("/demo-subtitles/manifest.mpd"), StringComparison.Ordinal);
        var whole = await stub.Client.GetStringAsync("/demo-subtitles/en/all.vtt");
        var pieces = "";
        for (var n = 1; n <= 4; n++) pieces += await stub.Client.GetStringAsync($"/demo-subtitles/en/seg_{n:D5}.vtt");

        Assert.Equal(16, whole.Split(" --> ").Length - 1);
        Assert.Equal(16, pieces.Split(" --> ").Length - 1);
    }

    [Fact]
    public async Task Key_OfTheEncryptedTitle_IsServedAsSixteenBytes() => Assert.Equal(16, (await stub.Client.GetByteArrayAsync("/demo-aes/v180/title.key")).Length);

    [Fact]
    public async Task File_OfAGigabyteToAHundredSlowReaders_CostsBoundedMemory()
    {
        var root = Directory.CreateTempSubdirectory("large-title-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "large"));
            await File.WriteAllTextAsync(Path.Combine(root, "large", "title.json"), """{ "name": "Large", "made": "2026-01-01T00:00:00Z" }""");
            await using (var file = File.Create(Path.Combine(root, "large", "direct.mp4"))) file.SetLength(1 << 30);
            await using var app = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0", $"--Transcoder:Titles:Root={root}"]);
            await app.StartAsync();
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200 }) { BaseAddress = new Uri(app.Urls.Single()) };
            var before = Resident();
            var readers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            {
                var answer = await client.GetAsync("/large/direct.mp4", HttpCompletionOption.ResponseHeadersRead);
                var body = await answer.Content.ReadAsStreamAsync();
                await body.ReadExactlyAsync(new byte[256 << 10]);
                return (answer, body);
            }));

            // All of them hang in the middle of the file, with what pipes and sockets hold in between.
            Assert.InRange(Resident() - before, long.MinValue, 64 << 20);
            foreach (var (answer, _) in readers)
            {
                Assert.Equal(1 << 30, answer.Content.Headers.ContentLength);
                answer.Dispose();
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static long Resident()
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
