using System.Globalization;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Live;

namespace Gateway.FunctionalTests.Browser;

/// <summary>Players that follow a live session while it is uploaded, on the gateway's own page; ffmpeg does in <see cref="LivePlayTests"/>.</summary>
public sealed class LiveClientTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Chunks = 6;

    [Theory]
    [InlineData("hlsjs")]
    [InlineData("shaka")]
    public async Task Player_SessionThatGrows_FollowsToItsEnd(string player)
    {
        var recorded = await RecordedChunks.OfAsync(Chunks, seconds: 1);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:TargetDuration=1");
        var stream = await host.CreateAsync();
        for (var i = 0; i < 3; i++) await stream.SendAsync(i, recorded[i]);
        await stream.UntilAsync(3);
        await using var page = await chromium.OpenAsync(host.Gateway.Url);
        var address = new Uri(host.Gateway.Url, stream.Playlist);
        await page.GoAsync($"/?asset={Uri.EscapeDataString(address.ToString())}&player={player}&autoplay=1&muted=1");
        var begin = await page.UntilAsync("s.startupSeconds !== null && s.live", Patience.Deadline);
        Assert.Null(begin.FatalError);

        for (var i = 3; i < Chunks; i++) await stream.SendAsync(i, recorded[i]);
        await stream.EndAsync();
        await stream.UntilEndAsync();

        // The last picture, and not the last that was there when the player came.
        var end = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.position >= {Chunks} - 0.3"), Patience.Deadline);
        Assert.Null(end.FatalError);
        Assert.Empty(page.Violations);
    }

    /// <summary>A microphone that is late, or is switched off for a while: players take no segment whose tracks are others than those of the first one.</summary>
    [Theory]
    [InlineData("hlsjs", "xxSSxx")]
    [InlineData("hlsjs", "SxxxSx")]
    [InlineData("shaka", "xxSSxx")]
    [InlineData("shaka", "SxxxSx")]
    public async Task Player_SoundThatComesAndGoes_PlaysToTheEnd(string player, string chunks)
    {
        var sounding = await RecordedChunks.OfAsync(Chunks, seconds: 1);
        var silent = await RecordedChunks.OfAsync(Chunks, seconds: 1, codecs: ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-an"]);
        await using var host = await LiveHost.StartAsync("--Gateway:Live:TargetDuration=1");
        var stream = await host.CreateAsync();
        for (var i = 0; i < Chunks; i++) await stream.SendAsync(i, (chunks[i] == 'S' ? silent : sounding)[i]);
        await stream.EndAsync();
        await stream.UntilEndAsync();
        await using var page = await chromium.OpenAsync(host.Gateway.Url);
        var address = new Uri(host.Gateway.Url, stream.Playlist);
        await page.GoAsync($"/?asset={Uri.EscapeDataString(address.ToString())}&player={player}&autoplay=1&muted=1");

        var end = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.fatalError !== null || s.position >= {Chunks} - 0.3"), Patience.Deadline);

        Assert.Null(end.FatalError);
        Assert.Empty(page.Violations);
    }
}
