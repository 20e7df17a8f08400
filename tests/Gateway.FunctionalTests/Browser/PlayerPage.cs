using System.Collections.Concurrent;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.Playwright;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The gateway's player page in one browser tab, and all network requests of the tab.</summary>
internal sealed class PlayerPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _gateway;

    private PlayerPage(IBrowserContext context, IPage page, Uri gateway)
    {
        _context = context;
        _gateway = gateway;
        Page = page;
        context.Request += (_, request) => Requests.Enqueue(request.Url);
        context.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) Violations.Enqueue(message.Text);
        };
        page.PageError += (_, error) => Violations.Enqueue(error);
    }

    public IPage Page { get; }

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Exceptions in the page's scripts, and the violations of its content security policy.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    public static async Task<PlayerPage> NewAsync(IBrowser browser, Uri gateway)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1360, Height = 900 } });
        context.SetDefaultTimeout((float)Patience.Deadline.TotalMilliseconds);
        return new PlayerPage(context, await context.NewPageAsync(), gateway);
    }

    public Task GoAsync(string query) => Page.GotoAsync(new Uri(_gateway, query).ToString());

    /// <summary>Changes one line of a script of the page, such as a limit that a test cannot wait for.</summary>
    /// <param name="script">Its path below <c>wwwroot/js</c>.</param>
    /// <param name="line">What is there.</param>
    /// <param name="other">What the page gets.</param>
    public async Task ReplaceAsync(string script, string line, string other)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "gateway", "wwwroot", "js", script), TestContext.Current.CancellationToken);
        Assert.Contains(line, text, StringComparison.Ordinal);
        await Page.RouteAsync($"**/js/{script}", route => route.FulfillAsync(new() { ContentType = "text/javascript", Body = text.Replace(line, other, StringComparison.Ordinal) }));
    }

    public async Task<PlayerState> StateAsync() =>
        JsonSerializer.Deserialize<PlayerState>(await Page.EvaluateAsync<string>("JSON.stringify(window.playerState)"), JsonSerializerOptions.Web)!;

    /// <summary>Waits until the condition over <c>s</c> (the state) holds or the player has given up, and fails at the deadline.</summary>
    public async Task<PlayerState> UntilAsync(string condition, TimeSpan deadline)
    {
        try
        {
            await Page.WaitForFunctionAsync(
                $"() => {{ const s = window.playerState; return s && (s.fatalError !== null || ({condition})); }}",
                null,
                new() { Timeout = (float)deadline.TotalMilliseconds });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Not within {deadline}: {condition}. The state was {await Page.EvaluateAsync<string>("JSON.stringify(window.playerState)")}");
        }

        return await StateAsync();
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
