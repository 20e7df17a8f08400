using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>Each trigger, by a real fault, on two gateways that share a PostgreSQL: new sessions play directly on both, and what plays goes on.</summary>
public sealed class ReversionTests
{
    private static readonly object ToStageOne = new { stage = 1, contractPassed = true };

    [Fact]
    public async Task Segments_FailingUpstream_RevertOnBothNodes()
    {
        await using var nodes = await TwoNodes.StartAsync();
        await RolloutApi.ChangeAsync(nodes.A.Client, ToStageOne);
        await Patience.UntilAsync(async () => await RolloutApi.EngineAsync(nodes.B.Client) == "segmented");
        var viewers = new List<(HttpClient Client, string Url, HlsViewer Viewer)>();
        for (var i = 0; i < 8; i++)
        {
            var client = nodes.Viewer(i);
            var url = (await ControlPlane.CreateAsync(client, new { mediaId = "demo" })).GetProperty("hlsUrl").GetString()!;
            viewers.Add((client, url, await HlsViewer.StartAsync(client, url)));
        }

        await nodes.PutFaultsAsync(new { kind = "status", path = "/**/*.m4s", status = 500 });
        var next = 0;
        var state = await nodes.UntilRevertedAsync(async () =>
        {
            foreach (var (client, _, viewer) in viewers) (await client.GetAsync(viewer.Segments[next % viewer.Segments.Count])).Dispose();
            next++;
        });

        Assert.Equal("fetch", state.GetProperty("lastReversion").GetProperty("trigger").GetString());
        Assert.Contains("/admin/rollout", state.GetProperty("wayBack").GetString(), StringComparison.Ordinal);
        foreach (var client in nodes.Clients)
        {
            Assert.Equal("direct", await RolloutApi.EngineAsync(client));
            Assert.Contains("gateway_rollout_reverted 1", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        }

        // Who plays segmented goes on.
        await nodes.PutFaultsAsync();
        foreach (var (client, url, viewer) in viewers)
        {
            using var manifest = await client.GetAsync(url);
            using var segment = await client.GetAsync(viewer.Segments[^1]);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (manifest.StatusCode, segment.StatusCode));
        }
    }

    [Fact]
    public async Task Creates_FailingUpstream_RevertOnBothNodesAndClientsMistakesDoNot()
    {
        await using var nodes = await TwoNodes.StartAsync();
        await RolloutApi.ChangeAsync(nodes.A.Client, ToStageOne);
        await Patience.UntilAsync(async () => await RolloutApi.EngineAsync(nodes.B.Client) == "segmented");
        var viewers = nodes.Viewers(10);
        for (var i = 0; i < 120; i++) (await viewers[i % viewers.Length].PostAsJsonAsync(ControlPlane.Root, new { mediaId = $"missing-{i}" })).Dispose();

        await nodes.PutFaultsAsync(new { kind = "status", path = "/broken-*/**", status = 500 });
        var next = 0;
        var state = await nodes.UntilRevertedAsync(async () =>
        {
            for (var i = 0; i < 20; i++, next++) (await viewers[i % viewers.Length].PostAsJsonAsync(ControlPlane.Root, new { mediaId = $"broken-{next}" })).Dispose();
        });
        Assert.Equal("session_create", state.GetProperty("lastReversion").GetProperty("trigger").GetString());
        Assert.Equal("direct", await RolloutApi.EngineAsync(nodes.A.Client));
        Assert.Equal("direct", await RolloutApi.EngineAsync(nodes.B.Client));
    }

    /// <summary>However much one client fails, and whatever it tells of itself: it is one viewer.</summary>
    [Fact]
    public async Task Failures_OfOneClient_RevertNothing()
    {
        await using var fixture = await GatewayWithStub.StartAsync(
            "--Gateway:Rollout:Stage=2", "--Gateway:Rollout:LimitedShare=0.5", "--Gateway:Rollout:Triggers:Interval=00:00:00.200", "--Gateway:Rollout:ObservationTime=00:00:05", "--Gateway:Origin:Retries=0", "--Gateway:Rollout:Triggers:MinEvents=1");
        await fixture.PutFaultsAsync(new { kind = "status", path = "/broken-*/**", status = 500 });
        for (var i = 0; i < 60; i++) (await fixture.Client.PostAsJsonAsync(ControlPlane.Root, new { mediaId = $"broken-{i}" })).Dispose();
        for (var i = 0; i < 60; i++)
        {
            using var created = await fixture.Client.PostAsJsonAsync(ControlPlane.Root, new { mediaId = "demo" });
            if (created.StatusCode != HttpStatusCode.Created) continue;
            var session = await created.Content.ReadFromJsonAsync<JsonElement>();
            var path = $"{ControlPlane.Root}/{session.GetProperty("sessionId").GetString()}";
            var isWave = session.GetProperty("engine").GetString() == "segmented";
            (await fixture.Client.PostAsJsonAsync($"{path}/handoff", new { mediaId = $"broken-{i}" })).Dispose();
            if (isWave) (await fixture.Client.PostAsJsonAsync($"{path}/events", new { @event = "player.rebuffer_recovered", durationMs = 9000 })).Dispose();
            (await fixture.Client.DeleteAsync(path)).Dispose();
        }

        var watch = fixture.Part<Gateway.Rollout.Watching.RolloutWatch>();
        for (var i = 0; i < 5; i++) await watch.TakeTurnAsync(TestContext.Current.CancellationToken);
        var latest = watch.Latest!;
        Assert.InRange(latest.Window.CreateFailures, 1, 20);
        Assert.InRange(latest.Window.HandoffFailures, 1, 20);
        Assert.Equal((1, 3L), (latest.Window.CreateFailureViewers.Count, latest.Counts.Sessions));
        Assert.False((await RolloutApi.ReadAsync(fixture.Client)).State.TryGetProperty("lastReversion", out _));
    }

    [Fact]
    public async Task Creates_RefusedForTheClientsMistakes_RevertNothing()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:Stage=1", "--Gateway:Rollout:Triggers:Interval=00:00:00.200");
        for (var i = 0; i < 120; i++) (await fixture.Client.PostAsJsonAsync(ControlPlane.Root, new { mediaId = $"missing-{i}" })).Dispose();
        var watch = fixture.Part<Gateway.Rollout.Watching.RolloutWatch>();
        await Patience.UntilAsync(() => Task.FromResult(watch.Latest is { Window.Creates: >= 20 }));
        for (var i = 0; i < 5; i++) await watch.TakeTurnAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, watch.Latest!.Window.CreateFailures);
        Assert.Equal("segmented", await RolloutApi.EngineAsync(fixture.Client));
    }

    [Fact]
    public async Task Handoffs_FailingUpstream_RevertOnBothNodes()
    {
        await using var nodes = await TwoNodes.StartAsync();
        await RolloutApi.ChangeAsync(nodes.A.Client, ToStageOne);
        await Patience.UntilAsync(async () => await RolloutApi.EngineAsync(nodes.B.Client) == "segmented");
        var viewers = nodes.Viewers(10);
        var ids = new List<string?>();
        foreach (var viewer in viewers) ids.Add((await ControlPlane.CreateAsync(viewer, new { mediaId = "demo" })).GetProperty("sessionId").GetString());
        var id = ids[0];
        await nodes.PutFaultsAsync(new { kind = "status", path = "/broken-*/**", status = 500 });
        var next = 0;
        var state = await nodes.UntilRevertedAsync(async () =>
        {
            for (var i = 0; i < 20; i++, next++) (await viewers[i % 10].PostAsJsonAsync($"{ControlPlane.Root}/{ids[i % 10]}/handoff", new { mediaId = $"broken-{next}" })).Dispose();
        });
        Assert.Equal("handoff", state.GetProperty("lastReversion").GetProperty("trigger").GetString());
        Assert.Equal("direct", await RolloutApi.EngineAsync(nodes.B.Client));
        // The session that plays is handed on, and telemetry goes on counting.
        await nodes.PutFaultsAsync();
        JsonElement successor = default;
        await Patience.UntilAsync(async () =>
        {
            // The many tries above have used up what one client may ask for in a moment.
            using var answer = await nodes.A.Client.PostAsJsonAsync($"{ControlPlane.Root}/{id}/handoff", new { }, TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests) return false;
            successor = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            return true;
        });
        Assert.Equal("segmented", successor.GetProperty("engine").GetString());
        Assert.Contains("gateway_handoffs_total{outcome=\"recovered\"} 1", await nodes.A.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_InterruptingSessions_TakesBackTheLastStageOnly()
    {
        await using var nodes = await TwoNodes.StartAsync();
        await RolloutApi.ChangeAsync(nodes.A.Client, ToStageOne);
        await RolloutApi.ChangeAsync(nodes.A.Client, new { stage = 2, @override = true });
        await RolloutApi.ChangeAsync(nodes.A.Client, new { stage = 3, @override = true });
        await RolloutApi.ChangeAsync(nodes.A.Client, new { stage = 4, @override = true });
        await Patience.UntilAsync(async () => await RolloutApi.EngineAsync(nodes.B.Client) == "segmented");
        await RolloutApi.ChangeAsync(nodes.A.Client, new { deploying = true });
        await Patience.UntilAsync(async () => (await RolloutApi.ReadAsync(nodes.B.Client)).State.TryGetProperty("deployBeganAt", out _));
        var viewers = nodes.Viewers(12);
        var ids = new List<(HttpClient Client, string Id)>();
        for (var i = 0; i < 60; i++)
        {
            var client = viewers[i % viewers.Length];
            ids.Add((client, (await ControlPlane.CreateAsync(client, new { mediaId = "demo" })).GetProperty("sessionId").GetString()!));
        }

        foreach (var (client, id) in ids.Take(6)) (await client.PostAsJsonAsync($"{ControlPlane.Root}/{id}/events", new { @event = "session.handoff_load_error" })).Dispose();
        var state = await nodes.UntilRevertedAsync();
        Assert.Equal(("deploy", "wave"), (state.GetProperty("lastReversion").GetProperty("trigger").GetString(), state.GetProperty("lastReversion").GetProperty("scope").GetString()));
        Assert.Equal((3, false), (state.GetProperty("stage").GetInt32(), state.GetProperty("reverted").GetBoolean()));
        await ControlPlane.ProblemAsync(await RolloutApi.PutAsync(nodes.A.Client, new { stage = 4 }), HttpStatusCode.Conflict, "STREAMING_ROLLOUT_REFUSED");
    }

    [Fact]
    public async Task Judge_OfAWaveWithSlowStarts_RevertsByTheSessionsOfBothNodes()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, ControlPlane.KeySet);
            await using var nodes = await TwoNodes.StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}", "--Gateway:Rollout:LimitedShare=0.5");
            await RolloutApi.ChangeAsync(nodes.A.Client, ToStageOne);
            await RolloutApi.ChangeAsync(nodes.A.Client, new { stage = 2, @override = true });
            await Patience.UntilAsync(async () => (await RolloutApi.ReadAsync(nodes.B.Client)).State.GetProperty("stage").GetInt32() == 2);
            var next = 0;
            var state = await nodes.UntilRevertedAsync(async () =>
            {
                for (var i = 0; i < 20; i++, next++) await PlayAsync(nodes.Clients[i % 2], $"user-{next}");
            });
            TestContext.Current.TestOutputHelper?.WriteLine($"{next} sessions");
            var why = state.GetProperty("lastReversion");
            Assert.Equal("judge", why.GetProperty("trigger").GetString());
            Assert.True(why.GetProperty("observed").GetDouble() >= why.GetProperty("limit").GetDouble());
        }
        finally
        {
            File.Delete(keys);
        }

        static async Task PlayAsync(HttpClient client, string user)
        {
            using var create = new HttpRequestMessage(HttpMethod.Post, ControlPlane.Root) { Content = JsonContent.Create(new { mediaId = "demo" }) };
            create.Headers.Authorization = ControlPlane.TokenOf(user, "");
            using var answer = await client.SendAsync(create);
            var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
            var isWave = session.GetProperty("engine").GetString() == "segmented";
            await SendAsync(HttpMethod.Post, "/events", new { @event = "player.startup_timeline", totalToAudibleMs = isWave ? 9000 : 700, outcome = "audible" });
            await SendAsync(HttpMethod.Delete, "", null);

            async Task SendAsync(HttpMethod method, string path, object? body)
            {
                using var request = new HttpRequestMessage(method, $"{ControlPlane.Root}/{session.GetProperty("sessionId").GetString()}{path}");
                if (body is not null) request.Content = JsonContent.Create(body);
                request.Headers.Authorization = ControlPlane.TokenOf(user, "");
                using var sent = await client.SendAsync(request);
                Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
            }
        }
    }
}
