using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Microsoft.Playwright;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The gateway's capture page in one browser tab.</summary>
internal sealed class CapturePage(PlayerPage tab) : IAsyncDisposable
{
    public IPage Page => tab.Page;

    public IEnumerable<string> Violations => tab.Violations;

    /// <param name="chromium">The browser.</param>
    /// <param name="gateway">Where the page is.</param>
    /// <param name="query">What the address chooses.</param>
    /// <param name="script">What is done before the page's own scripts.</param>
    public static async Task<CapturePage> OpenAsync(Chromium chromium, Uri gateway, string query = "source=camera&quality=480&chunk=1", string? script = null)
    {
        var tab = await chromium.OpenAsync(gateway);
        if (script is not null) await tab.Page.AddInitScriptAsync(script);
        var page = new CapturePage(tab);
        await tab.GoAsync($"/capture/?{query}");
        await page.UntilAsync("true");
        return page;
    }

    public Task StartAsync() => Page.ClickAsync("#start");

    public async Task<JsonElement> StateAsync() => JsonSerializer.Deserialize<JsonElement>(await Page.EvaluateAsync<string>("JSON.stringify(window.captureState)"));

    /// <summary>Waits until the condition over <c>s</c> (the state) holds.</summary>
    public async Task<JsonElement> UntilAsync(string condition)
    {
        try
        {
            await Page.WaitForFunctionAsync($"() => {{ const s = window.captureState; return s && ({condition}); }}", null, new() { Timeout = (float)Patience.Deadline.TotalMilliseconds });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Not in time: {condition}. The state was {await Page.EvaluateAsync<string>("JSON.stringify(window.captureState)")}");
        }

        return await StateAsync();
    }

    /// <summary>What a message on the page says; fails where it is not shown.</summary>
    public async Task<string> MessageAsync(string id)
    {
        await Page.WaitForSelectorAsync($"#{id}:not([hidden])", new() { Timeout = (float)Patience.Deadline.TotalMilliseconds });
        return (await Page.TextContentAsync($"#{id}"))!;
    }

    public ValueTask DisposeAsync() => tab.DisposeAsync();
}
