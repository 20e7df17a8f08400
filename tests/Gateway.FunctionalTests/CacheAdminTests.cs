using System.Net;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

public sealed class CacheAdminTests
{
    [Fact]
    public async Task Purge_ByPrefix_RemovesTheCountedObjects()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Prefetch:Segments=0");
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/demo/master.m3u8");
        for (var i = 0; i < 3; i++) await fixture.Client.GetByteArrayAsync(viewer.Segments[i]);

        var before = await FiguresAsync(fixture.Client);
        Assert.True(before.GetProperty("bytes").GetInt64() > 300_000);
        Assert.Equal(5, before.GetProperty("entries").GetInt32());

        using var purge = await fixture.Client.PostAsync("/admin/cache/purge?prefix=/demo/v720/seg_", null);
        Assert.Equal("{\"purged\":3,\"disk\":\"off\"}", await purge.Content.ReadAsStringAsync());
        Assert.Equal(2, (await FiguresAsync(fixture.Client)).GetProperty("entries").GetInt32());
        using var again = await fixture.Client.GetAsync(viewer.Segments[0]);
        Assert.Equal("origin", again.Headers.GetValues("X-Served-From").Single());
    }

    [Fact]
    public async Task Purge_WithoutPrefix_RemovesNothing()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var answer = await fixture.Client.PostAsync("/admin/cache/purge", null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("prefix", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_WithAKey_AcceptsOnlyTheKey()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Admin:ApiKey=correct-horse-battery");
        using var client = fixture.NewClient();
        using var without = await client.GetAsync("/admin/cache");
        Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/cache");
        request.Headers.Add("X-Admin-Key", "correct-horse-battery");
        using var with = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    private static async Task<JsonElement> FiguresAsync(HttpClient client)
    {
        using var json = JsonDocument.Parse(await client.GetStringAsync("/admin/cache"));
        return json.RootElement.Clone();
    }
}
