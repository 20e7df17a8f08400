using System.Net;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>References in JSON documents of a manifest lead through the gateway as well, and other JSON is left alone.</summary>
public sealed class DocumentTests
{
    [Fact]
    public async Task Json_AssetListOrSteeringManifest_IsRewrittenToTheGateway()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        var document = new Uri(viewer.Variant, "../pod");
        foreach (var (body, path) in new[]
        {
            ($$"""{ "ASSETS": [ { "URI": "{{fixture.StubUrl}}demo/ad.m3u8", "DURATION": 15 } ] }""", "ASSETS/0/URI"),
            ($$"""{ "VERSION": 1, "TTL": 300, "RELOAD-URI": "{{fixture.StubUrl}}demo/steer?x=1", "PATHWAY-PRIORITY": [ "a" ] }""", "RELOAD-URI"),
        })
        {
            await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/pod", body, contentType = "application/json" });
            using var answer = await fixture.Client.GetAsync(document);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            var url = path.Split('/').Aggregate(json.RootElement, (at, name) => int.TryParse(name, out var index) ? at[index] : at.GetProperty(name)).GetString();
            Assert.StartsWith(new Uri(fixture.Url, "/api/v1/playback/").AbsoluteUri, url, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Json_OfAnotherKind_GoesOutByteForByte()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        var body = $$"""{ "home" : "{{fixture.StubUrl}}demo/" }""";
        await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/chapters.json", body, contentType = "application/json" });
        Assert.Equal(body, await fixture.Client.GetStringAsync(new Uri(viewer.Variant, "../chapters.json")));
    }

    [Theory]
    [InlineData("text/xml")]
    [InlineData("application/xml; charset=utf-8")]
    public async Task Xml_RemoteElementOfAnMpd_IsRewrittenToTheGateway(string type)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        var body = $"<?xml version=\"1.0\"?>\n<!-- a break -->\n<Period xmlns=\"urn:mpeg:dash:schema:mpd:2011\" id=\"ad\"><BaseURL>{fixture.StubUrl}demo/ads/</BaseURL></Period>";
        await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/break.xml", body, contentType = type });
        using var answer = await fixture.Client.GetAsync(new Uri(viewer.Variant, "../break.xml"));
        Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"<BaseURL>{new Uri(fixture.Url, "/api/v1/playback/")}", text, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.StubUrl.AbsoluteUri, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<tt xmlns=\"http://www.w3.org/ns/ttml\"><body href=\"{0}\"/></tt>")]
    [InlineData("<!DOCTYPE x [<!ENTITY y 'z'>]><x>{0}</x>")]
    [InlineData("<not well formed {0}")]
    [InlineData("2026-01-01T00:00:00Z {0}")]
    public async Task Xml_OfAnotherKind_GoesOutByteForByte(string form)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        var body = form.Replace("{0}", $"{fixture.StubUrl}demo/", StringComparison.Ordinal);
        await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/other.xml", body, contentType = "text/xml" });
        Assert.Equal(body, await fixture.Client.GetStringAsync(new Uri(viewer.Variant, "../other.xml")));
    }

    [Theory]
    [InlineData("list.m3u8", "audio/x-mpegurl", "application/vnd.apple.mpegurl")]
    [InlineData("list.m3u8", "text/plain; charset=utf-8", "application/vnd.apple.mpegurl")]
    [InlineData("list.m3u8", "text/xml", "application/vnd.apple.mpegurl")]
    [InlineData("list", "application/x-mpegURL", "application/vnd.apple.mpegurl")]
    [InlineData("list", "text/plain", "application/vnd.apple.mpegurl")]
    [InlineData("list", "application/octet-stream", "application/vnd.apple.mpegurl")]
    [InlineData("list.php", "text/plain; charset=utf-8", "application/vnd.apple.mpegurl")]
    [InlineData("clip.mpd", "text/xml", "application/dash+xml")]
    [InlineData("clip.mpd", "application/octet-stream", "application/dash+xml")]
    [InlineData("clip.mpd", "application/vnd.apple.mpegurl", "application/dash+xml")]
    public async Task Manifest_DeclaredAsAnotherType_GoesOutUnderItsOwn(string file, string declared, string expected)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var body = file.EndsWith(".mpd", StringComparison.Ordinal) ? "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" mediaPresentationDuration=\"PT2S\"><Period/></MPD>" : "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n";
        await fixture.PutFaultsAsync(new { kind = "body", path = $"/demo/{file}", body, contentType = declared });
        using var answer = await fixture.Client.GetAsync(new Uri($"/play/demo/{file}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expected, answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Manifest_WithoutExtension_IsRecognisedByItsType()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        var body = $"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{fixture.StubUrl}demo/v720/index.m3u8\n";
        await fixture.PutFaultsAsync(new { kind = "body", path = "/demo/live", body, contentType = "application/vnd.apple.mpegurl" });
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var answer = await fixture.Client.SendAsync(new HttpRequestMessage(method, new Uri(viewer.Variant, "../live")));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Content.Headers.ContentLength > body.Length);
            if (method == HttpMethod.Get) Assert.Contains("/api/v1/playback/", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
