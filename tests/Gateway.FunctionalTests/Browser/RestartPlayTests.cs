using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The gateway is killed under a page that plays, and is back after ten seconds: the picture moves again without a click.</summary>
public sealed class RestartPlayTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int AwaySeconds = 10;

    [Theory]
    [InlineData("demo-live", "hls", "hlsjs")]
    [InlineData("demo-live", "hls", "shaka")]
    [InlineData("demo-live", "dash", "dashjs")]
    [InlineData("demo", "dash", "shaka")]
    public async Task Kill_OfTheGateway_IsAWaitAndNotTheEnd(string title, string format, string player)
    {
        var folder = Directory.CreateTempSubdirectory("restart-play-");
        try
        {
            await PlayThroughAsync(title, format, player, "--Gateway:Access:TicketKeyFile=" + Path.Combine(folder.FullName, "ticket-key"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Another key: the addresses that the player has are good no longer, and the title's own opens a new session.</summary>
    [Theory]
    [InlineData("demo-live", "hls", "hlsjs")]
    [InlineData("demo-live", "dash", "dashjs")]
    public async Task Kill_OfAGatewayThatKeepsNoKey_IsAWaitAndNotTheEnd(string title, string format, string player) =>
        await PlayThroughAsync(title, format, player, "--Gateway:Access:TicketKeyFile=none");

    private async Task PlayThroughAsync(string title, string format, string player, string knob)
    {
        await using var stub = TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], null);
        await stub.StartAsync(TestContext.Current.CancellationToken);
        var origin = new Uri(stub.Urls.First());
        await using var gateway = await GatewayProcess.StartAsync(origin, knob);
        var url = gateway.Client.BaseAddress!;
        await using var page = await chromium.OpenAsync(url);
        await page.GoAsync($"/?title={title}&format={format}&player={player}&autoplay=1&muted=1");
        var before = await page.UntilAsync("s.startupSeconds !== null && s.position > s.firstPosition + 2", Patience.Deadline);
        Assert.Null(before.FatalError);

        await gateway.KillAsync();
        await page.Page.WaitForFunctionAsync(
            string.Create(CultureInfo.InvariantCulture, $"() => {{ window.killedAt ??= performance.now(); return performance.now() - window.killedAt > {AwaySeconds * 1000}; }}"),
            null,
            new() { Timeout = (float)Patience.Deadline.TotalMilliseconds });
        await using var again = await GatewayProcess.StartAsync(origin, $"--urls={url}", knob);
        var back = await page.StateAsync();
        // More than any buffer held: what moves then came from the gateway that is back.
        var after = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.phase === 'playing' && s.position > {back.Position + back.BufferSeconds + 2}"), Patience.Deadline);

        Assert.Null(after.FatalError);
        Assert.Empty(page.Violations);
    }
}
