using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>Real players in a real browser, through the gateway.</summary>
public sealed class PlayerPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const double PlaySeconds = 8;

    private static readonly TimeSpan Deadline = Patience.Deadline;

    [Theory]
    [InlineData("demo", "hls", "hlsjs")]
    [InlineData("demo", "dash", "dashjs")]
    [InlineData("demo", "hls", "shaka")]
    [InlineData("demo", "dash", "shaka")]
    [InlineData("demo-ts", "hls", "hlsjs")]
    [InlineData("demo-live", "hls", "hlsjs")]
    [InlineData("demo-live", "hls", "shaka")]
    [InlineData("demo-live", "dash", "dashjs")]
    [InlineData("demo-live", "dash", "shaka")]
    [InlineData("demo-ll", "hls", "hlsjs")]
    [InlineData("demo-ll", "hls", "shaka")]
    public async Task Player_Title_PlaysThroughTheGatewayOnly(string title, string format, string player)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync($"/?title={title}&format={format}&player={player}&autoplay=1");

        var begin = await page.UntilAsync("s.startupSeconds !== null", Deadline);
        Assert.Null(begin.FatalError);
        var end = await page.UntilAsync(
            string.Create(CultureInfo.InvariantCulture, $"s.position >= {begin.Position + PlaySeconds} && s.rendition?.height > 0 && s.rendition.bitsPerSecond > 0"), Deadline);

        Assert.Null(end.FatalError);
        Assert.True(end.Position >= begin.Position + PlaySeconds);
        // The number of painted frames depends on the machine's load.
        Assert.True(end.TotalFrames > begin.TotalFrames, "No frame was painted.");
        Assert.Equal(title is "demo-live" or "demo-ll", end.Live);
        if (title == "demo-ll") Assert.Contains(page.Requests, static url => url.Contains("/part_", StringComparison.Ordinal));
        Assert.True(end.Rendition is { Height: > 0, BitsPerSecond: > 0 }, "no rendition");
        Assert.Equal($"{end.Rendition.Width}×{end.Rendition.Height}", await page.Page.TextContentAsync("#rendition"));

        // Every response tells its source, in a header that the page may read.
        Assert.Equal(0, end.Sources.Unknown);
        Assert.True(end.Sources.Buffer + end.Sources.Cache + end.Sources.Origin > 0);
        Assert.Empty(page.Violations);

        // Only the gateway, never the origin; and the player introduces itself.
        var asked = page.Requests.Where(url => url.StartsWith("http", StringComparison.Ordinal)).Select(url => new Uri(url)).ToArray();
        Assert.All(asked, url => Assert.Equal(fixture.Url.Authority, url.Authority));
        var media = asked.Where(url => url.AbsolutePath.StartsWith("/api/v1/playback/", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(media);
        Assert.Contains(media, url => Uri.UnescapeDataString(url.Query).Contains($"sid=\"{end.SessionId}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OwnPlayer_OneFile_Plays()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.Page.RouteAsync("**/lib/**", route => route.FulfillAsync(new() { Status = 404 }));
        await page.GoAsync("/?title=demo&format=file&player=native&autoplay=1");

        // The source is read from Server-Timing, once the request is over.
        var state = await page.UntilAsync("s.position > 2 && s.sources.buffer + s.sources.cache + s.sources.origin > 0", Deadline);

        Assert.Null(state.FatalError);
        Assert.True(state.Rendition is { Height: > 0 });
    }

    [Fact]
    public async Task Page_UnknownTitle_TellsWhichAndWhatItKnows()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?title=nothing-like-it&autoplay=1");

        await page.Page.WaitForSelectorAsync("#failure:not([hidden])", new() { Timeout = (float)Deadline.TotalMilliseconds });

        var text = await page.Page.TextContentAsync("#failure");
        Assert.Contains("nothing-like-it", text, StringComparison.Ordinal);
        Assert.Contains("demo-live", text, StringComparison.Ordinal);
        Assert.Equal("own", await page.Page.InputValueAsync("[name=title]"));
    }

    [Fact]
    public async Task Page_LibraryMissing_TellsWhichAndWhatToDo()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.Page.RouteAsync("**/lib/**", route => route.FulfillAsync(new() { Status = 404 }));
        await page.GoAsync("/?title=demo&format=hls&player=hlsjs&autoplay=1");

        await page.Page.WaitForSelectorAsync("#missing:not([hidden])", new() { Timeout = (float)Deadline.TotalMilliseconds });

        var text = await page.Page.TextContentAsync("#missing");
        Assert.Contains("/lib/hls.js/hls.min.mjs is missing", text, StringComparison.Ordinal);
        Assert.Contains("dotnet build gateway", text, StringComparison.Ordinal);
        Assert.Equal("idle", (await page.StateAsync()).Phase);
    }

    [Theory]
    [InlineData("hls", "hlsjs", "hls.js")]
    [InlineData("dash", "dashjs", "dash.js")]
    [InlineData("dash", "shaka", "shaka-player")]
    public async Task Page_BrowserWithoutMediaSource_TellsWhatPlaysThere(string format, string player, string name)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.Page.AddInitScriptAsync("delete window.MediaSource; delete window.ManagedMediaSource; delete window.WebKitMediaSource;");
        await page.GoAsync($"/?title=demo&format={format}&player={player}&autoplay=1&muted=1");

        var state = await page.UntilAsync("false", Deadline);

        Assert.Equal($"{name} does not run here", state.FatalError!.Headline);
        Assert.Contains("One file", state.FatalError.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hlsjs", "master.m3u8")]
    [InlineData("dashjs", "manifest.mpd")]
    [InlineData("shaka", "manifest.mpd")]
    [InlineData("native", "film.mp4")]
    public async Task Page_UnknownAsset_TellsSoAndRunsNothing(string player, string file)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        var asset = Uri.EscapeDataString($"films/<img src=x onerror=document.title='run'>/{file}");
        await page.GoAsync($"/?asset={asset}&player={player}&autoplay=1");

        var state = await page.UntilAsync("false", Deadline);

        Assert.Equal(404, state.FatalError!.Status);
        Assert.Equal("STREAMING_ASSET_NOT_FOUND", state.FatalError.Code);
        await page.Page.WaitForSelectorAsync("#failure.serious:not([hidden])", new() { Timeout = (float)Deadline.TotalMilliseconds });
        Assert.Contains("Check the path", await page.Page.TextContentAsync("#failure"), StringComparison.Ordinal);
        Assert.Equal("Streaming gateway: player", await page.Page.TitleAsync());
        Assert.Equal(0, await page.Page.Locator("#requests img").CountAsync());
        Assert.Empty(page.Violations);
    }
}
