using System.Text;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Browser;

/// <summary>MPDs whose segments lie elsewhere, or with unusual templates: dash.js and Shaka Player play each of them through the gateway, and no request bypasses it.</summary>
public sealed class OddMpdPlayTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly Dictionary<string, (string Library, string Script)> Players = new(StringComparer.Ordinal)
    {
        ["dash.js"] = ("dashjs/dash.all.min.js", """
            const library = await import('/bare/player.mjs');
            const player = (library.MediaPlayer ?? library.default.MediaPlayer)().create();
            player.on('error', e => play.errors.push(JSON.stringify(e.error)));
            player.initialize(video, url, true);
            """),
        ["Shaka Player"] = ("shaka-player/shaka-player.compiled-es2021.js", """
            const player = new shaka.Player();
            player.addEventListener('error', e => play.errors.push(`${e.detail.code} ${JSON.stringify(e.detail.data)}`));
            await player.attach(video);
            await player.load(url).catch(e => play.errors.push(`${e.code} ${JSON.stringify(e.data)}`));
            video.play().catch(() => {});
            """),
    };

    [Theory]
    [InlineData("dash.js", "variable in a folder from the root")]
    [InlineData("dash.js", "variable in a folder above")]
    [InlineData("dash.js", "two query parameters")]
    [InlineData("Shaka Player", "variable in a folder from the root")]
    [InlineData("Shaka Player", "variable in a folder above")]
    [InlineData("Shaka Player", "two query parameters")]
    public async Task Mpd_OfOddSpelling_Plays(string player, string spelling)
    {
        var (library, script) = Players[player];
        var path = Path.Combine(Repository.Root, "gateway", "wwwroot", "lib", library);
        Assert.SkipUnless(File.Exists(path), $"{player} is missing; `dotnet build gateway` installs it where npm is available.");
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, titles, spelling);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var tab = await BarePage.RunAsync(chromium, fixture.Url, "setInterval(() => { play.position = videos[0].currentTime; }, 100);", () => "");
        await tab.Page.RouteAsync("**/bare/player.mjs", route => route.FulfillAsync(new() { ContentType = "text/javascript", Path = path }));
        if (player == "Shaka Player") await tab.Page.AddScriptTagAsync(new() { Path = path });
        await tab.Page.EvaluateAsync($$"""async url => { const play = window.play; const video = document.querySelector('video'); {{script}} }""", new Uri(fixture.Url, "/play/shows/demo/manifest.mpd").AbsoluteUri);

        await tab.UntilAsync("p.position > 5");

        Assert.All(tab.Requests.Where(url => url.StartsWith("http", StringComparison.Ordinal)), url => Assert.Equal(fixture.Url.Authority, new Uri(url).Authority));
        var folder = spelling == "two query parameters" ? "/far/" : "/media/";
        Assert.Contains(origin.Requests, r => r.Target.StartsWith(folder, StringComparison.Ordinal) && r.Target.Contains(".m4s", StringComparison.Ordinal));
        Assert.All(origin.Requests.Where(r => r.Target.StartsWith("/far/", StringComparison.Ordinal)), r => Assert.EndsWith("?a=1&b=2", r.Target, StringComparison.Ordinal));
    }

    /// <summary>The transcoder's title with its media in another folder.</summary>
    private static async Task AnswerAsync(HttpContext context, GatewayWithStub titles, string spelling)
    {
        var path = context.Request.Path.Value!.Replace("/shows/demo/", "/demo/", StringComparison.Ordinal).Replace("/media/", "/demo/", StringComparison.Ordinal).Replace("/far/", "/demo/", StringComparison.Ordinal);
        using var answer = await titles.Client.GetAsync(new Uri(titles.StubUrl, path), context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (path.EndsWith(".mpd", StringComparison.Ordinal)) body = Encoding.UTF8.GetBytes(Respell(Encoding.UTF8.GetString(body), spelling));
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string Respell(string mpd, string spelling) => spelling switch
    {
        "variable in a folder from the root" => mpd.Replace("\"$RepresentationID$/", "\"/media/$RepresentationID$/", StringComparison.Ordinal),
        "variable in a folder above" => mpd.Replace("\"$RepresentationID$/", "\"../../media/$RepresentationID$/", StringComparison.Ordinal),

        // Inherited by Representations with bases of their own, below a folder that needs a ticket of its own.
        _ => mpd.Replace("<SegmentTemplate ", "<BaseURL>/far/</BaseURL><SegmentTemplate ", StringComparison.Ordinal)
            .Replace("\"$RepresentationID$/init.mp4\"", "\"init.mp4?a=1&amp;b=2\"", StringComparison.Ordinal)
            .Replace("\"$RepresentationID$/seg_$Number%05d$.m4s\"", "\"seg_$Number%05d$.m4s?a=1&amp;b=2\"", StringComparison.Ordinal)
            .Replace("sar=\"1:1\"/>", "sar=\"1:1\"><BaseURL>ID/</BaseURL></Representation>", StringComparison.Ordinal)
            .Replace("audioSamplingRate=\"48000\">", "audioSamplingRate=\"48000\"><BaseURL>a64/</BaseURL>", StringComparison.Ordinal)
            .Split("<Representation ").Select(part => part.Contains("ID/</BaseURL>", StringComparison.Ordinal) ? part.Replace("ID/", part[4..8] + "/", StringComparison.Ordinal) : part)
            .Aggregate((a, b) => a + "<Representation " + b),
    };
}
