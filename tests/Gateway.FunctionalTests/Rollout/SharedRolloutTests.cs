using System.Net;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>Gateways that share a real PostgreSQL agree on the roll-out, and keep what they last knew when it is away.</summary>
public sealed class SharedRolloutTests : SharedStoreTests
{
    private const string Operators = "--Gateway:Admin:ApiKey=the-operators-key-of-the-tests";

    [Fact]
    public async Task Change_OnOneNode_HoldsOnTheOtherAndAfterARestart()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var playing = await ControlPlane.CreateAsync(b.Client, new { mediaId = "demo" });
        await RolloutApi.ChangeAsync(a.Client, new { stage = 1, contractPassed = true });
        await Patience.UntilAsync(async () => await RolloutApi.EngineAsync(b.Client) == "segmented");
        Assert.Equal((await RolloutApi.ReadAsync(a.Client)).Tag, (await RolloutApi.ReadAsync(b.Client)).Tag);

        // Of two operators with the same sight, on two nodes, one is told to look again.
        var (_, tag) = await RolloutApi.ReadAsync(a.Client);
        var both = await Task.WhenAll(RolloutApi.PutAsync(a.Client, new { allow = new[] { "ada" } }, tag), RolloutApi.PutAsync(b.Client, new { allow = new[] { "bob" } }, tag));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], both.Select(r => r.StatusCode).Order());

        await RolloutApi.ChangeAsync(b.Client, new { reverted = true, reason = "drill" });
        await Patience.UntilAsync(async () => await RolloutApi.EngineAsync(a.Client) == "direct");
        await a.KillAsync();
        await b.KillAsync();
        await using var c = await StartAsync();
        Assert.Equal("direct", await RolloutApi.EngineAsync(c.Client));
        var (state, _) = await RolloutApi.ReadAsync(c.Client);
        Assert.True(state.GetProperty("reverted").GetBoolean());
        Assert.Equal("drill", state.GetProperty("lastReversion").GetProperty("evidence").GetString());
        await RolloutApi.ChangeAsync(c.Client, new { reverted = false });
        Assert.Equal("segmented", await RolloutApi.EngineAsync(c.Client));
        using var manifest = await c.Client.GetAsync(playing.GetProperty("hlsUrl").GetString());
        Assert.Equal(HttpStatusCode.OK, manifest.StatusCode);
    }

    [Fact]
    public async Task Node_WhoseStoreIsAway_KeepsWhatItLastKnew()
    {
        await using var a = await StartAsync();
        await RolloutApi.ChangeAsync(a.Client, new { stage = 1, contractPassed = true });
        await Postgres.StopAsync();
        var (state, _) = await RolloutApi.ReadAsync(a.Client);
        Assert.Equal(1, state.GetProperty("stage").GetInt32());
        Assert.Equal("segmented", JsonDocument.Parse(await a.Client.GetStringAsync("/api/v1/playback/engine")).RootElement.GetProperty("engine").GetString());
        await ControlPlane.ProblemAsync(await RolloutApi.PutAsync(a.Client, new { stage = 0 }), HttpStatusCode.ServiceUnavailable, "STREAMING_STORE_UNAVAILABLE");

        // One that has never read it cannot know of a reversion.
        await using var b = await StartAsync("--Gateway:Rollout:Stage=1");
        (state, _) = await RolloutApi.ReadAsync(b.Client);
        Assert.False(state.GetProperty("known").GetBoolean());
        Assert.Equal("direct", JsonDocument.Parse(await b.Client.GetStringAsync("/api/v1/playback/engine")).RootElement.GetProperty("engine").GetString());
        await Postgres.StartAsync();
        await Patience.UntilAsync(async () => (await RolloutApi.ReadAsync(b.Client)).State.GetProperty("known").GetBoolean());
        await Patience.UntilAsync(async () => await RolloutApi.EngineAsync(b.Client) == "segmented");
    }

    private async Task<GatewayProcess> StartAsync(params string[] knobs)
    {
        var node = await StartNodeAsync([Operators, .. knobs]);
        node.Client.DefaultRequestHeaders.Add("X-Admin-Key", GatewayWithStub.OperatorKey);
        return node;
    }
}
