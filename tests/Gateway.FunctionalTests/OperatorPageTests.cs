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
    public async Task Events_OfAViewerBehindASlowOrigin_NameTheOriginAndStayAfterTheEnd()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Prefetch:Segments=0");
        using var client = fixture.NewClient("viewer");
        var viewer = await HlsViewer.StartAsync(client, "/play/demo/master.m3u8");
        for (var i = 0; i < 4; i++)
        {
            if (i == 2) (await fixture.Client.PutAsJsonAsync(new Uri(fixture.StubUrl, "/_stub/faults"), new[] { new { kind = "latency", path = "/demo/**", milliseconds = 700 } })).EnsureSuccessStatusCode();
            using var request = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[i]);
            request.Headers.Add("CMCD-Request", "bl=500");
            (await client.SendAsync(request)).EnsureSuccessStatusCode();
        }

        var id = (await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/sessions?q=DEMO"))[0].GetProperty("sessionId").GetString();
        Assert.Equal(0, (await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/sessions?q=nobody&ended=true")).GetArrayLength());
        // One that gave up waited for the origin too.
        using (var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(400), TimeProvider.System))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync(viewer.Segments[5], impatient.Token));
        await Patience.UntilAsync(async () => (await fixture.Client.GetStringAsync($"/admin/sessions/{id}/events")).Contains("client_aborted", StringComparison.Ordinal));
        (await ControlPlane.PostAsync(fixture.Client, $"/api/v1/playback/sessions/{id}/events", """{"event":"player.rebuffer"}""")).EnsureSuccessStatusCode();
        (await fixture.Client.DeleteAsync($"/admin/sessions/{id}")).EnsureSuccessStatusCode();
        Assert.Equal(0, (await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/sessions")).GetArrayLength());
        var ended = Assert.Single((await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/sessions?ended=true")).EnumerateArray());
        Assert.Equal((id, "revoked", "127.0.0.0/24"), (ended.GetProperty("sessionId").GetString(), ended.GetProperty("endReason").GetString(), ended.GetProperty("network").GetString()));

        var reply = await fixture.Client.GetFromJsonAsync<JsonElement>($"/admin/sessions/{id}/events");
        var events = reply.GetProperty("events").EnumerateArray().ToArray();
        var names = events.Select(e => e.GetProperty("event").GetString()).ToArray();
        foreach (var name in new[] { "session.create", "manifest.fetch", "segment.fetch", "player.rebuffer", "session.end" }) Assert.Contains(name, names);
        var segments = events.Where(e => e.GetProperty("event").GetString() == "segment.fetch").ToArray();
        Assert.Equal(5, segments.Length);
        Assert.All(segments, s => Assert.True(s.GetProperty("renditionKbps").GetInt32() > 0 && s.GetProperty("rendition").GetString()!.EndsWith('p')));
        Assert.True(segments[^2].GetProperty("originMs").GetInt32() >= 600);
        Assert.Equal((0, true), (segments[^1].GetProperty("lineMs").GetInt32(), segments[^1].GetProperty("originMs").GetInt32() > 0));
        var delay = events.Single(e => e.GetProperty("event").GetString() == "player.rebuffer").GetProperty("delay");
        Assert.Equal("origin", delay.GetProperty("cause").GetString());
        Assert.True(delay.GetProperty("originMs").GetInt64() >= 1200);

        using var stranger = fixture.NewClient();
        foreach (var path in new[] { $"/admin/sessions/{id}/events", "/admin/samples", "/admin/node" }) Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync(path)).StatusCode);
        foreach (var path in new[] { $"/admin/sessions/{Guid.NewGuid():N}/events", "/admin/sessions/none/events" }) Assert.Equal(HttpStatusCode.NotFound, (await fixture.Client.GetAsync(path)).StatusCode);
        Assert.False((await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/node")).GetProperty("isDraining").GetBoolean());
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
