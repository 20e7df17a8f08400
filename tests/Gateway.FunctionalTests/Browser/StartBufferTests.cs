using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The player page does not call <c>play()</c> before the least media is in the buffer: two segments, or ten seconds, whichever is reached first.</summary>
public sealed class StartBufferTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>What was in the buffer from the place of play on, and whether the browser was still fetching, at each call.</summary>
    private const string Watch = """
        window.plays = [];
        window.held = ({ buffered, currentTime }) => Array.from({ length: buffered.length }, (_, n) => Math.max(0, buffered.end(n) - Math.max(buffered.start(n), currentTime))).reduce((sum, seconds) => sum + seconds, 0);
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
          window.plays.push({ held: window.held(this), isIdle: this.networkState === HTMLMediaElement.NETWORK_IDLE });
          return play.call(this);
        };
        """;

    [Theory]
    [InlineData("demo", "master.m3u8", "hlsjs", 2)]
    [InlineData("demo", "manifest.mpd", "dashjs", 2)]
    [InlineData("demo", "master.m3u8", "shaka", 2)]
    [InlineData("demo", "manifest.mpd", "shaka", 2)]
    [InlineData("demo-6s", "master.m3u8", "hlsjs", 6)]
    [InlineData("demo-6s", "manifest.mpd", "dashjs", 6)]
    [InlineData("demo-6s", "manifest.mpd", "shaka", 6)]
    public async Task Page_WithOneShortSegment_PlaysWhenTheSecondIsThere(string title, string manifest, string player, int seconds)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await OpenAsync(fixture);
        var gate = await SegmentGate.PlaceAsync(page.Page, upTo: 1);
        await page.GoAsync($"/?asset={title}/{manifest}&player={player}&autoplay=1&muted=1");

        // The first is in the buffer, the second has been asked for.
        var waits = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"window.held(document.getElementById('video')) > {seconds - 0.5}"), Patience.Deadline);
        await Patience.UntilAsync(() => Task.FromResult(page.Requests.Any(static url => url.Contains("seg_00002.", StringComparison.Ordinal))));
        Assert.Null(waits.FatalError);
        Assert.Equal("loading", (await page.StateAsync()).Phase);
        Assert.Equal(0, await PlaysAsync(page));

        gate.Open(int.MaxValue);
        var state = await page.UntilAsync("s.position > 0.5", Patience.Deadline);
        Assert.Null(state.FatalError);
        Assert.InRange(await HeldAsync(page), Math.Min(10, 2 * seconds) - 0.5, double.MaxValue);
        Assert.Empty(page.Violations);
    }

    /// <summary>Thirty seconds are more than ten.</summary>
    [Theory]
    [InlineData("master.m3u8", "hlsjs")]
    [InlineData("manifest.mpd", "dashjs")]
    [InlineData("manifest.mpd", "shaka")]
    public async Task Page_WithOneLongSegment_Plays(string manifest, string player)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await OpenAsync(fixture);
        await SegmentGate.PlaceAsync(page.Page, upTo: 1);
        await page.GoAsync($"/?asset=demo-30s/{manifest}&player={player}&autoplay=1&muted=1");

        var state = await page.UntilAsync("s.position > 0.5", Patience.Deadline);

        Assert.Null(state.FatalError);
        Assert.InRange(await HeldAsync(page), 9.5, double.MaxValue);
    }

    /// <summary>One file has no segments: ten seconds of it, or as much as the browser fetches before it plays.</summary>
    [Fact]
    public async Task Page_OfOneFile_PlaysWhenTenSecondsOrAllThatTheBrowserWantsAreThere()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await OpenAsync(fixture);
        await page.GoAsync("/?title=demo&format=file&player=native&autoplay=1&muted=1");

        var state = await page.UntilAsync("s.position > 0.5", Patience.Deadline);

        Assert.Null(state.FatalError);
        Assert.True(await page.Page.EvaluateAsync<bool>("window.plays[0].held > 9.5 || window.plays[0].isIdle"), await page.Page.EvaluateAsync<string>("JSON.stringify(window.plays)"));
    }

    [Fact]
    public async Task Page_OfAGatewayThatWantsOneSegment_PlaysWithOne()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Sessions:MinSegmentsBeforePlay=1");
        await using var page = await OpenAsync(fixture);
        await SegmentGate.PlaceAsync(page.Page, upTo: 1);
        await page.GoAsync("/?title=demo&format=hls&player=hlsjs&autoplay=1&muted=1");

        var state = await page.UntilAsync("s.position > 0.5", Patience.Deadline);

        Assert.Null(state.FatalError);
    }

    /// <summary>Who presses the button while the page waits does not want it to begin.</summary>
    [Fact]
    public async Task Page_PausedWhileItWaits_DoesNotBeginUntilItIsPressedAgain()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await OpenAsync(fixture);
        var gate = await SegmentGate.PlaceAsync(page.Page, upTo: 1);
        await page.GoAsync("/?title=demo&format=hls&player=hlsjs&autoplay=1&muted=1");
        await page.UntilAsync("window.held(document.getElementById('video')) > 1.5", Patience.Deadline);

        await page.Page.ClickAsync("#toggle");
        Assert.Equal("paused", (await page.UntilAsync("s.phase === 'paused'", Patience.Deadline)).Phase);
        gate.Open(int.MaxValue);
        await page.UntilAsync("window.held(document.getElementById('video')) > 9", Patience.Deadline);
        Assert.Equal(0, await PlaysAsync(page));

        await page.Page.ClickAsync("#toggle");
        var state = await page.UntilAsync("s.position > 0.5", Patience.Deadline);
        Assert.Null(state.FatalError);
    }

    private async Task<PlayerPage> OpenAsync(GatewayWithStub fixture)
    {
        var page = await chromium.OpenAsync(fixture.Url);
        await page.Page.AddInitScriptAsync(Watch);
        return page;
    }

    private static Task<int> PlaysAsync(PlayerPage page) => page.Page.EvaluateAsync<int>("window.plays.length");

    private static Task<double> HeldAsync(PlayerPage page) => page.Page.EvaluateAsync<double>("window.plays[0].held");
}
