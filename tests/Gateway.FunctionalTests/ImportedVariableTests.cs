using System.Net;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests;

/// <summary>A media playlist whose references depend on what the multivariant playlist defines.</summary>
public sealed class ImportedVariableTests
{
    private const string Media = "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-DEFINE:IMPORT=\"path\"\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{$path}/a.ts\n#EXT-X-ENDLIST\n";

    [Fact]
    public async Task MediaPlaylist_SameBytesUnderNewVariables_IsAnotherVersion()
    {
        var path = "/one";
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context =>
        {
            context.Response.ContentType = "application/vnd.apple.mpegurl";
            context.Response.Headers.CacheControl = "no-cache";
            return context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("master.m3u8", StringComparison.Ordinal)
                ? $"#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-DEFINE:NAME=\"path\",VALUE=\"{path}\"\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nmedia.m3u8\n"
                : Media);
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/film/master.m3u8");
        Assert.EndsWith("/one/a.ts", viewer.Segments[0].AbsolutePath, StringComparison.Ordinal);

        using var first = await fixture.Client.GetAsync(viewer.Variant);
        var tag = first.Headers.ETag!;
        Assert.Equal(HttpStatusCode.NotModified, await StatusOf(fixture, viewer.Variant, tag));

        path = "/two";
        await fixture.Client.GetStringAsync(new Uri(viewer.Variant, "master.m3u8"));
        Assert.Equal(HttpStatusCode.OK, await StatusOf(fixture, viewer.Variant, tag));
        Assert.Contains("/two/a.ts", await fixture.Client.GetStringAsync(viewer.Variant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interstitial_WithAMultivariantPlaylistOfItsOwn_LeavesTheProgrammeItsVariables()
    {
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context =>
        {
            context.Response.ContentType = "application/vnd.apple.mpegurl";
            var path = context.Request.Path.Value!;
            var variable = path.Contains("/ad/", StringComparison.Ordinal) ? "/of-the-ad" : "/of-the-film";
            return context.Response.WriteAsync(path.EndsWith("master.m3u8", StringComparison.Ordinal)
                ? $"#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-DEFINE:NAME=\"path\",VALUE=\"{variable}\"\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nmedia.m3u8\n"
                : Media);
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/film/master.m3u8");
        await fixture.Client.GetStringAsync(new Uri(viewer.Variant, "ad/master.m3u8"));
        Assert.Contains("/of-the-ad/a.ts", await fixture.Client.GetStringAsync(new Uri(viewer.Variant, "ad/media.m3u8")), StringComparison.Ordinal);
        Assert.Contains("/of-the-film/a.ts", await fixture.Client.GetStringAsync(viewer.Variant), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusOf(GatewayWithStub fixture, Uri url, System.Net.Http.Headers.EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.IfNoneMatch.Add(tag);
        using var answer = await fixture.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
