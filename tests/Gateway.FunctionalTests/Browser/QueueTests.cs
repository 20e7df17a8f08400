using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Rollout;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// The player page's queue by its buttons and keys, the same script in both engines: the next title by itself and by hand, repeat all and one, shuffle, and the same order after a reload. What follows
/// what is decided without a browser: <c>tests/clients/player/queue.test.mjs</c>.
/// </summary>
public sealed class QueueTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("direct")]
    [InlineData("segmented")]
    public async Task Queue_ByButtonsAndKeys_PlaysOnInTheOrderThatAReloadKeeps(string engine)
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:Stage=3");
        await RolloutApi.ChangeAsync(fixture.Client, new { mode = engine });
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?title=demo&queue=demo&queue=demo-ts&muted=1");
        await page.Page.ClickAsync("#play:enabled");
        await PlaysAsync("demo");
        Assert.Equal(engine == "segmented", page.Requests.Any(static url => url.Contains("demo/master.m3u8", StringComparison.Ordinal)));

        // The next title is opened ahead, however long that takes, and plays by itself when this one is over.
        await page.Page.Keyboard.PressAsync("5");
        await page.Page.Keyboard.PressAsync("k");
        await page.UntilAsync("s.phase === 'paused' && window.queueState.isPrepared", Patience.Deadline);
        await page.Page.Keyboard.PressAsync("9");
        await page.Page.Keyboard.PressAsync("k");
        await PlaysAsync("demo-ts");
        await page.Page.WaitForFunctionAsync("() => document.getElementById('events-list').textContent.includes('opened ahead')");

        // Repeat all: the first follows the last.
        await page.Page.ClickAsync("#repeat");
        Assert.Equal("all", await ReadAsync("repeat"));
        await page.Page.ClickAsync("#next");
        await PlaysAsync("demo");

        // Repeat one: the title begins again, with the session that it has.
        await page.Page.Keyboard.PressAsync("r");
        Assert.Equal("one", await ReadAsync("repeat"));
        await page.Page.EvaluateAsync("() => { window.ends = 0; document.getElementById('video').addEventListener('ended', () => { window.ends++; }); }");
        var session = await page.Page.EvaluateAsync<string>("() => window.playerState.gatewaySession");
        await page.Page.Keyboard.PressAsync("9");
        await page.UntilAsync("window.ends > 0 && s.position > 0.3 && s.position < 20 && s.phase === 'playing'", Patience.Deadline);
        Assert.Equal("demo", await ReadAsync("current"));
        Assert.Equal(session, await page.Page.EvaluateAsync<string>("() => window.playerState.gatewaySession"));

        // Shuffle: what plays goes on, the others are to come, and a page that is loaded again has the same order.
        await page.Page.ClickAsync("#shuffle");
        Assert.NotEqual("null", await ReadAsync("seed"));
        Assert.Equal("""["demo","demo-ts"]""", await ReadAsync("order"));
        var before = await ReadAsync("seed") + await ReadAsync("order") + await ReadAsync("repeat");
        await page.Page.ReloadAsync();
        await page.Page.WaitForSelectorAsync("#play:enabled");
        Assert.Equal(before, await ReadAsync("seed") + await ReadAsync("order") + await ReadAsync("repeat"));
        await page.Page.ClickAsync("#play");
        await PlaysAsync("demo");
        await page.Page.Keyboard.PressAsync("n");
        await PlaysAsync("demo-ts");
        Assert.Empty(page.Violations);

        async Task PlaysAsync(string title)
        {
            var state = await page.UntilAsync($"window.queueState.current === '{title}' && s.asset?.startsWith('{title}/') && s.phase === 'playing' && s.position > 0.3", Patience.Deadline);
            Assert.Null(state.FatalError);
        }

        async Task<string> ReadAsync(string field)
        {
            var value = await page.Page.EvaluateAsync<string>($"async () => {{ await new Promise(tick => setTimeout(tick, 400)); return JSON.stringify(window.queueState.{field}); }}");
            return value.StartsWith('"') ? JsonSerializer.Deserialize<string>(value)! : value;
        }
    }

    /// <summary>An address that somebody sent: the title, the place, the format and the player.</summary>
    [Fact]
    public async Task Address_OfAPlace_BeginsThere()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?title=demo&format=dash&player=shaka&t=17&autoplay=1&muted=1");
        var state = await page.UntilAsync("s.startupSeconds !== null && s.position > 17", Patience.Deadline);
        Assert.Null(state.FatalError);
        Assert.InRange(await page.Page.EvaluateAsync<double>("() => window.playerState.firstPosition"), 16.9, 31);
        Assert.Contains(page.Requests, static url => url.Contains("/manifest.mpd", StringComparison.Ordinal));
        Assert.DoesNotContain(page.Requests, static url => url.Contains("seg_00002.", StringComparison.Ordinal));
    }
}
