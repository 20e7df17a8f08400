using System.Net;
using System.Net.Http.Headers;
using Gateway.FunctionalTests.Common;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests;

/// <summary>The main job over plain HTTP: what a player gets, from where, and with which headers.</summary>
public sealed class PlaybackTests
{
    [Fact]
    public async Task Hls_FirstViewerThenSecond_SourcesAreOriginBufferCache()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");

        Assert.Equal("origin", await SourceAsync(fixture.Client, viewer.Segments[0]));
        for (var i = 1; i <= 3; i++) Assert.Equal("buffer", await SourceAsync(fixture.Client, viewer.Segments[i]));

        using var other = fixture.NewClient("second-viewer");
        var second = await HlsViewer.StartAsync(other, "/play/demo/master.m3u8");
        Assert.NotEqual(viewer.Segments[0], second.Segments[0]);
        for (var i = 0; i <= 3; i++) Assert.Equal("cache", await SourceAsync(other, second.Segments[i]));
    }

    [Fact]
    public async Task Hls_FirstSegmentAsked_PrefetchesTheNextThreeAndNoFourth()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        await SourceAsync(fixture.Client, viewer.Segments[0]);
        for (var i = 1; i <= 3; i++) await SourceAsync(fixture.Client, viewer.Segments[i], headOnly: true);

        var asked = fixture.StubPart<RequestLog>().Snapshot().Where(r => r.Method == "GET" && r.Path.EndsWith(".m4s", StringComparison.Ordinal)).Select(r => Path.GetFileName(r.Path));
        Assert.Equal(["seg_00001.m4s", "seg_00002.m4s", "seg_00003.m4s", "seg_00004.m4s"], asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Dash_NextSegments_AreFetchedAhead()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var mpd = await fixture.Client.GetStringAsync("/play/demo/manifest.mpd");
        var media = new Uri(Between(mpd, "<BaseURL>", "</BaseURL>"));

        Assert.Equal("origin", await SourceAsync(fixture.Client, new Uri(media, "v360/seg_00003.m4s")));
        Assert.Equal("buffer", await SourceAsync(fixture.Client, new Uri(media, "v360/seg_00004.m4s")));
        Assert.Equal("cache", await SourceAsync(fixture.Client, new Uri(media, "v360/seg_00004.m4s")));
    }

    [Fact]
    public async Task Segments_ThroughTheCache_CarryHonestHeaders()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        using var direct = await fixture.Client.GetAsync(new Uri(fixture.StubUrl, "/demo/v720/seg_00001.m4s"));
        using var first = await fixture.Client.GetAsync(viewer.Segments[0]);
        using var second = await fixture.Client.GetAsync(viewer.Segments[0]);

        Assert.Equal(await direct.Content.ReadAsByteArrayAsync(), await first.Content.ReadAsByteArrayAsync());
        Assert.Equal(await direct.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(direct.Headers.ETag, first.Headers.ETag);
        Assert.Equal(direct.Content.Headers.ContentType, first.Content.Headers.ContentType);
        Assert.Equal(direct.Content.Headers.ContentLength, first.Content.Headers.ContentLength);
        Assert.Equal(direct.Headers.CacheControl, first.Headers.CacheControl);
        Assert.Equal("gateway; fwd=uri-miss; fwd-status=200; stored", first.Headers.GetValues("Cache-Status").Single());
        Assert.StartsWith("gateway; hit; ttl=", second.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
        Assert.NotNull(second.Headers.Age);
        Assert.Equal("*", first.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("X-Served-From", first.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
        Assert.Contains("Cache-Status", first.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifests_OfASession_AreNotStoredByClientsAndHaveAnETag()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        foreach (var url in new[] { "/play/demo/master.m3u8", "/play/demo/manifest.mpd" })
        {
            using var first = await fixture.Client.GetAsync(url);
            Assert.Equal("no-cache, no-store, must-revalidate", first.Headers.NonValidated["Cache-Control"].ToString());
            Assert.Equal(url.EndsWith("mpd", StringComparison.Ordinal) ? "application/dash+xml" : "application/vnd.apple.mpegurl", first.Content.Headers.ContentType?.MediaType);
            Assert.NotNull(first.Headers.ETag);

            using var conditional = new HttpRequestMessage(HttpMethod.Get, url);
            conditional.Headers.IfNoneMatch.Add(first.Headers.ETag);
            using var unchanged = await fixture.Client.SendAsync(conditional);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Manifests_AcceptEncoding_AreCompressedAsTheClientAccepts(string coding)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/play/demo/manifest.mpd");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(coding));
        using var coded = await fixture.Client.SendAsync(request);
        var plain = await fixture.Client.GetByteArrayAsync("/play/demo/manifest.mpd");

        Assert.Equal([coding], coded.Content.Headers.ContentEncoding);
        Assert.Equal(coded.Content.Headers.ContentLength, (await coded.Content.ReadAsByteArrayAsync()).Length);
        using var decoded = new MemoryStream();
        await using Stream body = coding == "br"
            ? new System.IO.Compression.BrotliStream(await coded.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress)
            : new System.IO.Compression.GZipStream(await coded.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        await body.CopyToAsync(decoded);
        Assert.Equal(plain, decoded.ToArray());
    }

    [Fact]
    public async Task Reload_FindsTheSameSession_AnotherPlayerGetsItsOwn()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var first = await fixture.Client.GetStringAsync("/play/demo/master.m3u8");
        Assert.Equal(first, await fixture.Client.GetStringAsync("/play/demo/master.m3u8"));
        Assert.NotEqual(first, await fixture.Client.GetStringAsync("/play/demo/master.m3u8?CMCD=sid%3D%22a%22"));
        Assert.Equal(
            await fixture.Client.GetStringAsync("/play/demo/master.m3u8?CMCD=sid%3D%22b%22"),
            await fixture.Client.GetStringAsync("/play/demo/master.m3u8?CMCD=bl%3D100%2Csid%3D%22b%22"));
        Assert.DoesNotContain("CMCD", string.Concat(fixture.StubPart<RequestLog>().Snapshot().Select(r => r.Query)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_OnEveryMediaRoute_IsAnswered()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        foreach (var url in new[] { new Uri(fixture.Url, "/play/demo/master.m3u8"), viewer.Segments[0] })
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, url);
            request.Headers.Add("Origin", "https://tv.example");
            request.Headers.Add("Access-Control-Request-Method", "GET");
            request.Headers.Add("Access-Control-Request-Headers", "range, cmcd-session");
            using var answer = await fixture.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Contains("CMCD-Session", answer.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task DemoLive_PlaylistMovesOn_AndItsSegmentsAreThere()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo-live/master.m3u8");
        Assert.Contains("#EXT-X-MEDIA-SEQUENCE:", viewer.Playlist, StringComparison.Ordinal);
        Assert.DoesNotContain("#EXT-X-ENDLIST", viewer.Playlist, StringComparison.Ordinal);
        Assert.Equal("origin", await SourceAsync(fixture.Client, viewer.Segments[^2]));
    }

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }

    private static async Task<string> SourceAsync(HttpClient client, Uri url, bool headOnly = false)
    {
        using var request = new HttpRequestMessage(headOnly ? HttpMethod.Head : HttpMethod.Get, url);
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        if (!headOnly) Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync());
        return answer.Headers.GetValues("X-Served-From").Single();
    }
}
