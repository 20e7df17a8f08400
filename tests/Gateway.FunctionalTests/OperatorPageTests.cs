using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>Who gets the operator's page and what it asks for.</summary>
public sealed class OperatorPageTests
{
    [Fact]
    public async Task Page_InDevelopmentWithoutKey_IsForCallersOfThisMachineOnly()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--environment=Development", "--Gateway:Admin:ApiKey=");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync("/admin/")).StatusCode);
        foreach (var path in new[] { "/admin/", "/admin/admin.js", "/admin/origins", "/ADMIN/" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task Page_WithKey_IsEmptyUntilTheKeyIsSent()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var stranger = fixture.NewClient();
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/admin/")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("/admin/origins")).StatusCode);

        var origins = await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/origins");
        var origin = Assert.Single(origins.EnumerateArray());
        Assert.Equal("origin", origin.GetProperty("cluster").GetString());
        Assert.Equal($"{fixture.StubUrl}", origin.GetProperty("address").GetString());
        Assert.False(origin.GetProperty("circuitOpen").GetBoolean());
    }

    [Fact]
    public async Task Sessions_FileManifestThatFailsAndSegments_ShowEngineErrorsAndPosition()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var files = fixture.NewClient("of-files");
        (await files.GetAsync("/play/demo/direct.mp4")).EnsureSuccessStatusCode();
        using var lists = fixture.NewClient("of-lists");
        var viewer = await HlsViewer.StartAsync(lists, "/play/demo/master.m3u8");
        for (var i = 0; i < 4; i++) (await lists.GetAsync(viewer.Segments[i])).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.NotFound, (await lists.GetAsync(new Uri(viewer.Segments[0], "no-such-list.m3u8"))).StatusCode);

        var shown = (await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/sessions")).EnumerateArray().ToDictionary(s => s.GetProperty("mediaId").GetString()!);
        Assert.Equal(2, shown.Count);
        var (file, list) = (shown["/demo/direct.mp4"], shown["/demo/master.m3u8"]);
        Assert.Equal(("direct", "file", 0), (file.GetProperty("engine").GetString(), file.GetProperty("protocol").GetString(), file.GetProperty("errorCount").GetInt32()));
        Assert.Equal(("segmented", "hls", 1), (list.GetProperty("engine").GetString(), list.GetProperty("protocol").GetString(), list.GetProperty("errorCount").GetInt32()));
        Assert.True(list.GetProperty("positionSec").GetDouble() > 0 && list.GetProperty("isPlaying").GetBoolean());
    }
}
