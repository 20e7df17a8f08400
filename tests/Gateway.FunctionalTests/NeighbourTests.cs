using System.Net;
using System.Net.Http.Headers;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>Two people behind one address, with the same player, at the same title.</summary>
public sealed class NeighbourTests
{
    private const string Entry = "/play/demo/master.m3u8";
    private const string Beat = """{"positionSec":99,"isPlaying":false}""";

    [Fact]
    public async Task Neighbour_FindsTheSession_AndCanNeitherEndNorFalsifyIt()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var opened = await fixture.Client.GetAsync(Entry);
        var id = opened.Headers.GetValues("X-Session-Id").Single();
        var control = opened.Headers.GetValues("X-Session-Ticket").Single();
        using var neighbour = await fixture.Client.GetAsync(Entry);
        Assert.Equal(id, neighbour.Headers.GetValues("X-Session-Id").Single());
        Assert.False(neighbour.Headers.Contains("X-Session-Ticket"));
        var viewer = await HlsViewer.StartAsync(fixture.Client, Entry);
        var fromUrl = viewer.Segments[0].AbsolutePath.Split('/')[4];
        Assert.NotEqual(control, fromUrl);

        foreach (var ticket in new[] { null, fromUrl })
        {
            using var client = Holder(fixture, ticket);
            await ProblemAsync(await client.DeleteAsync($"{Root}/{id}"), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
            await ProblemAsync(await PostAsync(client, $"{Root}/{id}/heartbeat", Beat), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
            await ProblemAsync(await PostAsync(client, $"{Root}/{id}/handoff", """{"mediaId":"demo"}"""), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
            Assert.True((await client.GetAsync($"{Root}/{id}")).IsSuccessStatusCode);
            Assert.True((await PostAsync(client, $"{Root}/{id}/events", """{"event":"x"}""")).IsSuccessStatusCode);
        }

        using var opener = Holder(fixture, control);
        Assert.True((await PostAsync(opener, $"{Root}/{id}/heartbeat", Beat)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await opener.DeleteAsync($"{Root}/{id}")).StatusCode);
    }

    [Fact]
    public async Task Session_CreatedByACall_IsControlledByItsId()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var id = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
        Assert.True((await PostAsync(fixture.Client, $"{Root}/{id}/heartbeat", Beat)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.DeleteAsync($"{Root}/{id}")).StatusCode);
    }

    private static HttpClient Holder(GatewayWithStub fixture, string? ticket)
    {
        var client = fixture.NewClient();
        if (ticket is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ticket);
        return client;
    }
}
