using System.Net;
using System.Net.Http.Headers;
using Gateway.FunctionalTests.Common;
using Gateway.Sessions.Registry;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>When <c>/play</c> opens a session, and when it does not.</summary>
public sealed class PlayOpeningTests
{
    private const string Entry = "/play/demo/master.m3u8";

    [Fact]
    public async Task Play_MissingTitleOrHead_OpensNoSession()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Sessions:MaxSessions=3");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(fixture, HttpMethod.Head, Entry, $"agent-{i}")).StatusCode);
            await ProblemAsync(await AskAsync(fixture, HttpMethod.Get, "/play/nothing/master.m3u8", $"agent-{i}"), HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
            await ProblemAsync(await AskAsync(fixture, HttpMethod.Get, "/play/nothing/direct.mp4", $"agent-{i}"), HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
        }

        Assert.Equal(0, fixture.Part<SessionRegistry>().Count);
        using var viewer = await AskAsync(fixture, HttpMethod.Get, Entry, "viewer");
        Assert.Equal(1, fixture.Part<SessionRegistry>().Count);
        Assert.True(fixture.Part<SessionRegistry>().Lives(Guid.Parse(viewer.Headers.GetValues("X-Session-Id").Single())));
    }

    [Fact]
    public async Task Play_FailedStart_CanBeReportedAndIsNoSessionOtherwise()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Telemetry:ScrapeAge=00:00:00");
        using var failed = await AskAsync(fixture, HttpMethod.Get, "/play/nothing/master.m3u8", "viewer");
        var id = failed.Headers.GetValues("X-Session-Id").Single();

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(fixture.Client, $"{Root}/{id}/events", """{"event":"player.startup_timeline","outcome":"playback_error"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(fixture.Client, $"{Root}/{id}/events", """{"event":"player.startup_timeline","outcome":"audible","totalToAudibleMs":1}""")).StatusCode);
        Assert.DoesNotContain("gateway_startup_seconds_count{engine=\"segmented\"} 1\n", await fixture.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        await ProblemAsync(await fixture.Client.GetAsync($"{Root}/{id}"), HttpStatusCode.NotFound, "STREAMING_SESSION_NOT_FOUND");
        await ProblemAsync(await PostAsync(fixture.Client, $"{Root}/{id}/heartbeat", """{"positionSec":1,"isPlaying":true}"""), HttpStatusCode.NotFound, "STREAMING_SESSION_NOT_FOUND");
        using var head = await AskAsync(fixture, HttpMethod.Head, Entry, "viewer");
        Assert.False(head.Headers.Contains("X-Session-Id"));
    }

    [Fact]
    public async Task Play_MediaFile_OpensASessionThatAReloadFinds()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await AskAsync(fixture, HttpMethod.Get, "/play/demo/direct.mp4", "viewer");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(1, fixture.Part<SessionRegistry>().Count);
    }

    [Fact]
    public async Task Play_ManyPlayersOfOneAddress_MeetTheRateOfCreates()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Sessions:CreatesPerWindow=3", "--Gateway:Sessions:CreateWindow=01:00:00");
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await AskAsync(fixture, HttpMethod.Get, Entry, $"agent-{i}")).StatusCode);
        using var refused = await AskAsync(fixture, HttpMethod.Get, Entry, "agent-3");
        await ProblemAsync(refused, HttpStatusCode.TooManyRequests, "STREAMING_RATE_LIMITED");
        Assert.NotNull(refused.Headers.RetryAfter);
        await ProblemAsync(await PostAsync(fixture.Client, Root, """{"mediaId":"demo"}"""), HttpStatusCode.TooManyRequests, "STREAMING_RATE_LIMITED");
        // Who plays already plays on, and finds what is its own.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(fixture, HttpMethod.Get, Entry, "agent-1")).StatusCode);
    }

    [Fact]
    public async Task Play_OneAddress_LeavesRoomForOthers()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Sessions:MaxSessions=4", "--Gateway:Sessions:ClientShare=0.25", "--Gateway:Access:TrustedProxies:0=127.0.0.1");
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await AskAsync(fixture, HttpMethod.Get, Entry, $"agent-{i}", "192.0.2.7")).StatusCode);
        for (var i = 2; i < 5; i++) await ProblemAsync(await AskAsync(fixture, HttpMethod.Get, Entry, $"agent-{i}", "192.0.2.7"), HttpStatusCode.ServiceUnavailable, "STREAMING_OVERLOADED");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(fixture, HttpMethod.Get, Entry, "another", "198.51.100.1")).StatusCode);
    }

    [Fact]
    public async Task Drain_NewAndExistingSessions_RefusesTheNewAndServesTheExisting()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var viewer = await HlsViewer.StartAsync(fixture.Client, Entry);
        var id = (await CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("sessionId").GetString();
        fixture.Part<Drain>().Set(true);

        foreach (var refused in new[]
        {
            await AskAsync(fixture, HttpMethod.Get, Entry, "newcomer"),
            await PostAsync(fixture.Client, Root, """{"mediaId":"demo"}"""),
            await PostAsync(fixture.Client, $"{Root}/{id}/handoff", "{}"),
        })
        {
            await ProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "STREAMING_DRAINING");
            Assert.Equal("1", refused.Headers.GetValues("X-Gateway-Draining").Single());
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        Assert.True((await fixture.Client.GetAsync(viewer.Segments[0])).IsSuccessStatusCode);
        Assert.True((await fixture.Client.GetAsync(Entry)).IsSuccessStatusCode);
        Assert.True((await PostAsync(fixture.Client, $"{Root}/{id}/heartbeat", """{"positionSec":1,"isPlaying":true}""")).IsSuccessStatusCode);
    }

    private static async Task<HttpResponseMessage> AskAsync(GatewayWithStub fixture, HttpMethod method, string path, string agent, string? from = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue(agent, "1"));
        if (from is not null) request.Headers.Add("X-Forwarded-For", from);
        return await fixture.Client.SendAsync(request);
    }
}
