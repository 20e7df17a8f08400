using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Rollout.Watching;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>Sessions that begin with their URL: those that follow the engine which was drawn for their page are compared, all others have named their engine.</summary>
public sealed class DrawnPlayTests
{
    private static readonly string[] s_knobs = ["--Gateway:Rollout:Stage=2", "--Gateway:Rollout:LimitedShare=0.5", "--Gateway:Rollout:SessionsPerNetwork=1000", "--Gateway:Origin:Retries=0", "--Gateway:Cache:NegativeLifetime=00:00:00"];

    [Fact]
    public async Task Play_AsItsPageWasTold_CountsOnTheSideThatWasDrawn()
    {
        await using var fixture = await GatewayWithStub.StartAsync(s_knobs);
        var (direct, segmented) = (0, 0);
        for (var i = 0; i < 24; i++)
        {
            var (engine, draw) = await AskAsync(fixture.Client);
            using var answer = await PlayAsync(fixture.Client, engine, draw, i);
            Assert.True(answer.IsSuccessStatusCode);
            Assert.True(answer.Headers.CacheControl!.Private || answer.Headers.CacheControl.NoStore);
            await EndAsync(fixture.Client, answer.Headers.GetValues("X-Session-Id").Single(), 700);
            _ = engine == "direct" ? direct++ : segmented++;
        }

        var counts = fixture.Part<WaveCounts>().Snapshot();
        Assert.Equal((direct, segmented), (counts.Control.Sessions, counts.Treatment.Sessions));
        Assert.Equal((direct, segmented), (counts.Control.Startup.Total, counts.Treatment.Startup.Total));
    }

    [Fact]
    public async Task Play_ThatFailsUpstream_CountsAsASessionThatCouldNotBeMade()
    {
        await using var fixture = await GatewayWithStub.StartAsync(s_knobs);
        await fixture.PutFaultsAsync(new { kind = "status", path = "/demo/**", status = 500 });
        for (var i = 0; i < 8; i++)
        {
            var (engine, draw) = await AskAsync(fixture.Client);
            using var answer = await PlayAsync(fixture.Client, engine, draw, i);
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }

        // The last one is counted when its answer is under way already.
        await Patience.UntilAsync(() => Task.FromResult(Failed() == 8), () => $"{Failed()} of 8");

        int Failed()
        {
            var counts = fixture.Part<WaveCounts>().Snapshot();
            return (int)(counts.Control.Harmed(Gateway.Rollout.Judging.Harm.CreateFailed) + counts.Treatment.Harmed(Gateway.Rollout.Judging.Harm.CreateFailed));
        }
    }

    [Theory]
    [InlineData("without", "")]
    [InlineData("against", "")]
    [InlineData("missing", "/nothing")]
    public async Task Play_OfABareUrlOrAgainstTheDraw_IsOnNoSide(string how, string folder)
    {
        await using var fixture = await GatewayWithStub.StartAsync(s_knobs);
        for (var i = 0; i < 6; i++)
        {
            var (engine, draw) = await AskAsync(fixture.Client);
            if (how == "against") engine = engine == "direct" ? "segmented" : "direct";
            using var answer = await PlayAsync(fixture.Client, engine, how == "without" ? null : draw, i, folder);
            if (answer.IsSuccessStatusCode && answer.Headers.TryGetValues("X-Session-Id", out var ids)) await EndAsync(fixture.Client, ids.Single(), 9000);
        }

        Assert.Equal(0, fixture.Part<WaveCounts>().Snapshot().Sessions);
    }

    private static async Task<(string? Engine, string? Draw)> AskAsync(HttpClient client)
    {
        var told = await client.GetFromJsonAsync<JsonElement>("/api/v1/playback/engine");
        return (told.GetProperty("engine").GetString(), told.GetProperty("draw").GetString());
    }

    private static async Task<HttpResponseMessage> PlayAsync(HttpClient client, string? engine, string? draw, int viewer, string folder = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/play{folder}/demo/{(engine == "direct" ? "direct.mp4" : "master.m3u8")}?CMCD=sid%3D%22v{viewer}%22{(draw is null ? "" : $"&draw={draw}")}");
        if (engine == "direct") request.Headers.Range = new(0, 0);
        return await client.SendAsync(request);
    }

    private static async Task EndAsync(HttpClient client, string session, int startup)
    {
        (await client.PostAsJsonAsync($"{ControlPlane.Root}/{session}/events", new { @event = "player.startup_timeline", totalToAudibleMs = startup, outcome = "audible" })).Dispose();
        (await client.DeleteAsync($"{ControlPlane.Root}/{session}")).Dispose();
    }
}
