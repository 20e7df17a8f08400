using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>A page with only video elements and hls.js, of the gateway's own origin: everything that happens there, hls.js does by itself.</summary>
internal static class BarePage
{
    private static readonly string Library = Path.Combine(Repository.Root, "gateway", "wwwroot", "lib", "hls.js", "hls.min.mjs");

    /// <param name="chromium">The browser.</param>
    /// <param name="gateway">The origin.</param>
    /// <param name="script">A module body; it finds <c>Hls</c>, the list <c>videos</c>, and an object <c>play</c> that is <c>window.play</c> as well.</param>
    /// <param name="argument">Becomes the script's <c>argument</c>.</param>
    public static async Task<PlayerPage> RunAsync(Chromium chromium, Uri gateway, string script, Func<object> argument)
    {
        Assert.SkipUnless(File.Exists(Library), "hls.js is missing; `dotnet build gateway` installs it where npm is available.");
        var tab = await chromium.OpenAsync(gateway);
        await tab.Page.RouteAsync("**/bare/page", route => route.FulfillAsync(
            new() { ContentType = "text/html", Body = "<!doctype html><video muted></video><video muted></video>" }));
        await tab.Page.RouteAsync("**/bare/hls.mjs", route => route.FulfillAsync(new() { ContentType = "text/javascript", Path = Library }));
        await tab.GoAsync("/bare/page");
        await tab.Page.EvaluateAsync("async () => { window.Hls = (await import('/bare/hls.mjs')).default; }");
        await tab.Page.EvaluateAsync(
            $$"""
            async argument => {
              const Hls = window.Hls;
              const videos = [...document.querySelectorAll('video')];
              const play = window.play = { errors: [] };
              {{script}}
            }
            """,
            argument());
        return tab;
    }

    /// <summary>Waits until a condition over <c>p</c> (the object <c>play</c>) holds; fails at the deadline, or at the first error in <c>p.errors</c>.</summary>
    public static async Task UntilAsync(this PlayerPage tab, string condition)
    {
        try
        {
            await tab.Page.WaitForFunctionAsync($"() => {{ const p = window.play; return p.errors.length > 0 || ({condition}); }}", null, new() { Timeout = (float)Patience.Deadline.TotalMilliseconds });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Not in time: {condition}. The state is {await tab.Page.EvaluateAsync<string>("JSON.stringify(window.play)")}");
        }

        Assert.Equal("[]", await tab.Page.EvaluateAsync<string>("JSON.stringify(window.play.errors)"));
    }
}
