using System.Text.Json;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Common;
using Microsoft.Playwright;

namespace Gateway.FunctionalTests.Progressive;

/// <summary>The page of tracks in chunks in a browser tab.</summary>
internal sealed class ProgressivePage(PlayerPage tab) : IAsyncDisposable
{
    public IPage Page => tab.Page;

    public PlayerPage Tab => tab;

    /// <param name="chromium">The browser.</param>
    /// <param name="gateway">Whose page it is.</param>
    /// <param name="query">What the address says.</param>
    /// <param name="before">Script that runs before the page's own.</param>
    public static async Task<ProgressivePage> OpenAsync(Chromium chromium, Uri gateway, string query, string before = "")
    {
        var page = new ProgressivePage(await chromium.OpenAsync(gateway));
        if (before.Length > 0) await page.Page.AddInitScriptAsync(before);
        await page.Tab.GoAsync($"/progressive/?{query}");
        return page;
    }

    /// <summary>Waits until a condition over <c>p</c> (the playback), <c>f</c> (its figures) and <c>player</c> holds; fails at the deadline.</summary>
    public async Task UntilAsync(string condition, TimeSpan? deadline = null)
    {
        try
        {
            await Page.WaitForFunctionAsync(
                $"() => {{ const player = window.progressivePlayer; const p = player?.playback; const f = p?.figures; return p && ({condition}); }}",
                null,
                new() { PollingInterval = 20, Timeout = (float)(deadline ?? Patience.Deadline).TotalMilliseconds });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Not in time: {condition}. {await Page.EvaluateAsync<string>("JSON.stringify([window.progressivePlayer?.path, window.progressivePlayer?.playback?.figures, window.progressivePlayer?.playback?.failure?.message])")}");
        }
    }

    public async Task<JsonElement> FiguresAsync() => JsonDocument.Parse(await Page.EvaluateAsync<string>("JSON.stringify(window.progressivePlayer.playback.figures)")).RootElement;

    public Task DoAsync(string act) => Page.EvaluateAsync($"() => {{ const player = window.progressivePlayer; const p = player.playback; {act}; }}");

    public ValueTask DisposeAsync() => tab.DisposeAsync();
}
