using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Rollout;

public sealed class RolloutRoutesTests
{
    private static readonly object Contract = new { stage = 1, contractPassed = true };

    [Fact]
    public async Task Create_ByDefault_RecommendsDirect()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        Assert.Equal("direct", await RolloutApi.EngineAsync(fixture.Client));
        Assert.Equal("direct", (await fixture.Client.GetFromJsonAsync<JsonElement>("/api/v1/playback/engine")).GetProperty("engine").GetString());
        var (state, _) = await RolloutApi.ReadAsync(fixture.Client);
        Assert.Equal((0, "staged", false), (state.GetProperty("stage").GetInt32(), state.GetProperty("mode").GetString(), state.GetProperty("reverted").GetBoolean()));
    }

    [Theory]
    [InlineData("", "direct")]
    [InlineData("howler", "direct")]
    [InlineData("videojs", "segmented")]
    [InlineData(" VideoJS ", "segmented")]
    public async Task Create_WithTheModeOfTheEnvironment_FollowsIt(string mode, string engine)
    {
        await using var fixture = await GatewayWithStub.StartAsync($"--STREAMING_ENGINE_MODE={mode}");
        Assert.Equal(engine, await RolloutApi.EngineAsync(fixture.Client));
        using var range = new HttpRequestMessage(HttpMethod.Get, (await ControlPlane.CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("directUrl").GetString());
        range.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(0, 99);
        using var answer = await fixture.Client.SendAsync(range);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
    }

    [Fact]
    public async Task Mode_ChangedWhileRunning_HoldsForNewSessionsOnly()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var before = await ControlPlane.CreateAsync(fixture.Client, new { mediaId = "demo" });
        await RolloutApi.ChangeAsync(fixture.Client, new { mode = "segmented" });
        Assert.Equal("segmented", await RolloutApi.EngineAsync(fixture.Client));
        var shown = await fixture.Client.GetFromJsonAsync<JsonElement>($"{ControlPlane.Root}/{before.GetProperty("sessionId").GetString()}");
        Assert.Equal("direct", shown.GetProperty("engine").GetString());
        await RolloutApi.ChangeAsync(fixture.Client, new { mode = "direct" });
        Assert.Equal("direct", await RolloutApi.EngineAsync(fixture.Client));
        // A client that names an engine gets it, and is told what is recommended.
        var named = await ControlPlane.CreateAsync(fixture.Client, new { mediaId = "demo", engine = "videojs" });
        Assert.Equal(("segmented", "direct"), (named.GetProperty("engine").GetString(), named.GetProperty("engineHints").GetProperty("recommendedEngine").GetString()));
    }

    [Fact]
    public async Task Change_WithoutOrWithAnOldTag_IsRefused()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var (_, tag) = await RolloutApi.ReadAsync(fixture.Client);
        await ControlPlane.ProblemAsync(await RolloutApi.PutAsync(fixture.Client, Contract, null), HttpStatusCode.PreconditionRequired, "STREAMING_PRECONDITION_REQUIRED");
        using var first = await RolloutApi.PutAsync(fixture.Client, Contract, tag);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var second = await RolloutApi.PutAsync(fixture.Client, new { stage = 0 }, tag);
        await ControlPlane.ProblemAsync(second, HttpStatusCode.PreconditionFailed, "STREAMING_PRECONDITION_FAILED");
        using var third = await RolloutApi.PutAsync(fixture.Client, new { stage = 0 }, first.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Theory]
    [InlineData("""{"stage": 5}""")]
    [InlineData("""{"stage": "1"}""")]
    [InlineData("""{"mode": "howler"}""")]
    [InlineData("""{"allow": "ada"}""")]
    [InlineData("""{"allow": [""]}""")]
    [InlineData("""{"baselineCreateFailures": 2}""")]
    [InlineData("""{"stagee": 1}""")]
    public async Task Change_OfNoSense_IsTheClientsMistake(string body)
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, RolloutApi.Path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        await ControlPlane.ProblemAsync(await fixture.Client.SendAsync(request), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");
        using var stranger = fixture.NewClient();
        await ControlPlane.ProblemAsync(await RolloutApi.PutAsync(stranger, Contract), HttpStatusCode.Forbidden, "STREAMING_ADMIN_ONLY");
    }

    [Fact]
    public async Task Stages_OneByOne_ReachWhomTheyShould()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, ControlPlane.KeySet);
            await using var stub = await GatewayWithStub.StartAsync();
            await using var fixture = await GatewayWithStub.StartAsync(
                "--Gateway:Access:Mode=Token",
                $"--Gateway:Access:Jwks={keys}",
                "--Gateway:Rollout:Allow:0=ada",
                "--Gateway:Rollout:ExternalClusters:0=first",
                "--Gateway:Rollout:LimitedShare=0.99",
                "--Gateway:Rollout:BroadShare=0.99",
                $"--ReverseProxy:Clusters:first:Destinations:a:Address={stub.StubUrl}",
                "--ReverseProxy:Clusters:first:Metadata:Media=true",
                "--ReverseProxy:Clusters:first:Metadata:Source=external",
                $"--ReverseProxy:Clusters:second:Destinations:a:Address={stub.StubUrl}",
                "--ReverseProxy:Clusters:second:Metadata:Media=true",
                "--ReverseProxy:Clusters:second:Metadata:Source=external");
            using var ada = ControlPlane.WithToken(fixture, "ada", "");
            using var bob = ControlPlane.WithToken(fixture, "bob", "");

            Assert.Equal("segmented direct", await BothAsync("origin"));
            await Refused(new { stage = 1 });
            await RolloutApi.ChangeAsync(fixture.Client, Contract);
            Assert.Equal("segmented segmented", await BothAsync("origin"));
            Assert.Equal("segmented direct", await BothAsync("first"));
            await Refused(new { stage = 3 });
            await RolloutApi.ChangeAsync(fixture.Client, new { stage = 2, @override = true });
            Assert.Equal("segmented segmented", await BothAsync("first"));
            Assert.Equal("segmented direct", await BothAsync("second"));
            await RolloutApi.ChangeAsync(fixture.Client, new { stage = 3, @override = true });
            await RolloutApi.ChangeAsync(fixture.Client, new { stage = 4, @override = true });
            Assert.Equal("segmented segmented", await BothAsync("second"));
            await RolloutApi.ChangeAsync(fixture.Client, new { deny = new[] { "ada" } });
            Assert.Equal("direct segmented", await BothAsync("origin"));
            await RolloutApi.ChangeAsync(fixture.Client, new { stage = 0 });
            Assert.Equal("direct direct", await BothAsync("origin"));

            var reply = await ControlPlane.CreateAsync(bob, new { mediaId = "demo", source = "second", engine = "segmented" });
            Assert.Equal("second", reply.GetProperty("engineHints").GetProperty("sourceType").GetString());
            using var manifest = await bob.GetAsync(reply.GetProperty("hlsUrl").GetString());
            Assert.Equal(HttpStatusCode.OK, manifest.StatusCode);
            await ControlPlane.ProblemAsync(await bob.PostAsJsonAsync(ControlPlane.Root, new { mediaId = "demo", source = "nowhere" }), HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST");

            async Task<string> BothAsync(string source) =>
                $"{await RolloutApi.EngineAsync(ada, new { mediaId = "demo", source })} {await RolloutApi.EngineAsync(bob, new { mediaId = "demo", source })}";

            async Task Refused(object body) =>
                await ControlPlane.ProblemAsync(await RolloutApi.PutAsync(fixture.Client, body), HttpStatusCode.Conflict, "STREAMING_ROLLOUT_REFUSED");
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public async Task Group_WithItsFlagOff_PlaysDirectly()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--STREAMING_ENGINE_MODE=videojs");
        Assert.Equal("direct", await RolloutApi.EngineAsync(fixture.Client, new { mediaId = "demo", groupId = "us", engine = "segmented" }));
        await using var open = await GatewayWithStub.StartAsync("--STREAMING_ENGINE_MODE=videojs", "--LISTEN_TOGETHER_SEGMENTED_PLAYBACK_ENABLED=true");
        Assert.Equal("segmented", await RolloutApi.EngineAsync(open.Client, new { mediaId = "demo", groupId = "us" }));
    }
}
