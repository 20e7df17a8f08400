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
}
