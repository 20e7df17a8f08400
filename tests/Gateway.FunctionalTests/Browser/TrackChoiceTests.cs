using System.Text;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Browser;

/// <summary>What a viewer chooses in the page's menus of quality and sound.</summary>
public sealed class TrackChoiceTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>
    /// Both menus were built while the old sound played. Chosen by the page itself as soon as there is something to choose: on a busy machine the title would be over, or in the buffer whole, before the
    /// test driver came to it.
    /// </summary>
    private const string ChooseBoth = """
        () => {
          const { position } = window.playerState;
          if (!(position > 0.5) || document.getElementById('sound').options.length !== 2 || document.getElementById('quality').options.length !== 4) return false;
          const choose = (id, label) => {
            const menu = document.getElementById(id);
            menu.value = [...menu.options].find(option => option.label.startsWith(label)).value;
            menu.dispatchEvent(new Event('change'));
          };
          choose('sound', 'de');
          choose('quality', '480p');
          return true;
        }
        """;

    /// <summary>To shaka-player a rendition is a picture with a sound: one that was listed before the other sound was chosen must not bring the old one back.</summary>
    [Fact]
    public async Task SoundAndQuality_ChosenAtOnce_BothPlay()
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, titles);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var page = await chromium.OpenAsync(fixture.Url);
        await page.GoAsync("/?asset=demo/manifest.mpd&player=shaka&autoplay=1&muted=1");

        await page.Page.WaitForFunctionAsync(ChooseBoth, null, new() { Timeout = (float)Patience.Deadline.TotalMilliseconds });

        var state = await page.UntilAsync("s.rendition?.height === 480 && document.getElementById('sound').selectedOptions[0].label.startsWith('de')", Patience.Deadline);
        Assert.Null(state.FatalError);
        await Patience.UntilAsync(() => Task.FromResult(origin.Requests.Any(static r => r.Target.Contains("/b64/seg_", StringComparison.Ordinal)) && origin.Requests.Any(static r => r.Target.Contains("/v480/seg_", StringComparison.Ordinal))));
        Assert.Empty(page.Violations);
    }

    /// <summary>The transcoder's title with its sound in two languages.</summary>
    private static async Task AnswerAsync(HttpContext context, GatewayWithStub titles)
    {
        using var answer = await titles.Client.GetAsync(new Uri(titles.StubUrl, context.Request.Path.Value!.Replace("/b64/", "/a64/", StringComparison.Ordinal)), context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (context.Request.Path.Value!.EndsWith(".mpd", StringComparison.Ordinal)) body = Encoding.UTF8.GetBytes(InTwoLanguages(Encoding.UTF8.GetString(body)));
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string InTwoLanguages(string mpd)
    {
        var begin = mpd.IndexOf("<AdaptationSet id=\"2\"", StringComparison.Ordinal);
        var end = mpd.IndexOf("</AdaptationSet>", begin, StringComparison.Ordinal) + "</AdaptationSet>".Length;
        var other = mpd[begin..end].Replace("id=\"2\"", "id=\"3\"", StringComparison.Ordinal).Replace("lang=\"en\"", "lang=\"de\"", StringComparison.Ordinal).Replace("id=\"a64\"", "id=\"b64\"", StringComparison.Ordinal);
        return mpd[..end] + other + mpd[end..];
    }
}
