using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>What the page calls playing is what the decoder shows, not what the element's clock says.</summary>
public sealed class MovementTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Half of the title's 25 frames a second: a busy machine may drop some; a player that keeps one part in ten has five in two seconds.</summary>
    private const double LeastFramesPerSecond = 12.5;

    private const double PlaySeconds = 6;

    [Theory]
    [InlineData("shaka")]
    [InlineData("hlsjs")]
    public async Task LowLatencyTitle_OnThePage_ShowsItsFrames(string player)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync($"/?title=demo-ll&player={player}&autoplay=1&muted=1");

        var begin = await page.UntilAsync("s.startupSeconds !== null", Patience.Deadline);
        Assert.Null(begin.FatalError);
        var end = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.position >= {begin.Position + PlaySeconds}"), Patience.Deadline);

        Assert.Null(end.FatalError);
        var rate = (end.TotalFrames - begin.TotalFrames) / (end.Position - begin.Position);
        Assert.True(rate > LeastFramesPerSecond, $"{rate:0.0} frames for a second of media");
    }

    /// <summary>The element of a player that has sound throughout and a fifth of a second of picture in two.</summary>
    [Theory]
    [InlineData(true, false, "00000")]
    [InlineData(false, false, "01111")]
    [InlineData(false, true, "00000")]
    public async Task Movement_OverARunningClock_StandsWhereNoFramesCome(bool hasFrames, bool isBuffered, string stands)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/");

        // Five looks, a quarter of a second apart; before them one frame was decoded.
        var seen = await page.Page.EvaluateAsync<string>(
            """
            async ([hasFrames, isBuffered]) => {
              const { Movement } = await import('/js/movement.js');
              let frames = 5;
              const video = {
                videoWidth: 1280, paused: false, seeking: false, ended: false, currentTime: 10,
                buffered: { length: 1, start: () => 8, end: () => isBuffered ? 20 : 10.05 },
                getVideoPlaybackQuality: () => ({ totalVideoFrames: frames }),
              };
              const movement = new Movement();
              movement.standsFor(video, 0);
              let seen = '';
              for (let look = 1; look <= 5; look++) {
                video.currentTime += 0.25;
                frames += hasFrames ? 6 : 0;
                seen += movement.standsFor(video, look * 250) > 0 ? 1 : 0;
              }
              return seen;
            }
            """,
            new object[] { hasFrames, isBuffered });

        Assert.Equal(stands, seen);
    }
}
