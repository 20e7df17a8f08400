using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests.Browser;

/// <summary>Playlists in unusual spellings that are legal or that players accept: hls.js plays each of them through the gateway, and no request bypasses it.</summary>
public sealed class OddPlaylistPlayTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("variables within a value")]
    [InlineData("indented")]
    [InlineData("empty segments in relative paths")]
    [InlineData("empty segments in absolute URLs")]
    [InlineData("carriage returns")]
    public async Task Playlist_OfOddSpelling_Plays(string spelling)
    {
        await using var titles = await GatewayWithStub.StartAsync();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => AnswerAsync(context, titles, new Uri(origin.Address), spelling);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        await using var tab = await BarePage.RunAsync(
            chromium,
            fixture.Url,
            """
            const hls = new Hls({ enableWorker: false });
            hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) play.errors.push(`${data.details} ${data.reason ?? ''}`); });
            hls.loadSource(argument);
            hls.attachMedia(videos[0]);
            videos[0].play().catch(() => {});
            setInterval(() => { play.position = videos[0].currentTime; }, 100);
            """,
            () => new Uri(fixture.Url, "/play/demo/master.m3u8").AbsoluteUri);

        await tab.UntilAsync("p.position > 5");

        Assert.All(tab.Requests, url => Assert.Equal(fixture.Url.Authority, new Uri(url).Authority));
        if (spelling.StartsWith("empty", StringComparison.Ordinal)) Assert.Contains(origin.Requests, r => r.Target.Contains("//", StringComparison.Ordinal) && r.Target.Contains(".m4s", StringComparison.Ordinal));
    }

    /// <summary>The transcoder's titles, their playlists respelled.</summary>
    private static async Task AnswerAsync(HttpContext context, GatewayWithStub titles, Uri origin, string spelling)
    {
        var path = context.Request.Path.Value!;
        while (path.Contains("//", StringComparison.Ordinal)) path = path.Replace("//", "/", StringComparison.Ordinal);
        using var answer = await titles.Client.GetAsync(new Uri(titles.StubUrl, path), context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (path.EndsWith(".m3u8", StringComparison.Ordinal)) body = System.Text.Encoding.UTF8.GetBytes(Respell(System.Text.Encoding.UTF8.GetString(body), new Uri(origin, path), spelling));
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string Respell(string playlist, Uri url, string spelling)
    {
        var folder = new Uri(url, ".");
        var lines = playlist.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return spelling switch
        {
            "variables within a value" =>
                $"#EXTM3U\n#EXT-X-DEFINE:NAME=\"host\",VALUE=\"{url.GetLeftPart(UriPartial.Authority)}\"\n#EXT-X-DEFINE:NAME=\"folder\",VALUE=\"{{$host}}{folder.AbsolutePath}\"\n"
                + string.Join('\n', lines[1..].Select(l => WithReference(l, r => "{$folder}" + r))) + "\n",
            // With or without a gateway, hls.js takes an indented tag of a media playlist for a segment, and blanks behind a tag for a part of it.
            "indented" => "#EXTM3U\n" + string.Join('\n', lines[1..].Select(l => l[0] != '#' ? $"  {l} " : playlist.Contains("#EXTINF", StringComparison.Ordinal) ? l : $"  {l}")) + "\n",
            "empty segments in relative paths" => string.Join('\n', lines.Select(l => WithReference(l, r => $".//{r.Replace("/", "//", StringComparison.Ordinal)}"))) + "\n",
            "empty segments in absolute URLs" => string.Join('\n', lines.Select(l => WithReference(l, r => $"{url.GetLeftPart(UriPartial.Authority)}/{folder.AbsolutePath.Replace("/", "//", StringComparison.Ordinal)}{r}"))) + "\n",
            "carriage returns" => string.Join('\r', lines) + "\r",
            _ => throw new ArgumentOutOfRangeException(nameof(spelling)),
        };
    }

    private static string WithReference(string line, Func<string, string> respell)
    {
        if (line[0] != '#') return respell(line);
        var at = line.IndexOf("URI=\"", StringComparison.Ordinal);
        if (at < 0) return line;
        var end = line.IndexOf('"', at + 5);
        return line[..(at + 5)] + respell(line[(at + 5)..end]) + line[end..];
    }
}
