using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Origin;

public sealed class OriginRetryTests
{
    [Fact]
    public async Task Fetch_OriginFailsThreeTimes_TheFourthTryAnswers()
    {
        var left = 3;
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.StatusCode = Interlocked.Decrement(ref left) >= 0 ? 500 : 200;
            return c.Response.WriteAsync("x");
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(200, reply.Head?.Status);
        Assert.Equal(4, reply.Tries);
        Assert.Equal(4, upstream.Requests.Count);
    }

    [Theory]
    [InlineData(404, 1)]
    [InlineData(400, 1)]
    [InlineData(403, 1)]
    [InlineData(408, 4)]
    [InlineData(429, 4)]
    [InlineData(500, 4)]
    [InlineData(502, 4)]
    [InlineData(503, 4)]
    [InlineData(504, 4)]
    public async Task Fetch_StatusThatStays_IsRetriedWhereItMayHelpAndHandedOut(int status, int requests)
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(status));
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/x");
        Assert.Equal(status, reply.Head?.Status);
        Assert.Equal(requests, upstream.Requests.Count);
    }

    [Fact]
    public async Task Fetch_TitleOfWhichNothingIsServed_IsNotRetried()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c => FaultyOrigin.Status(c.Request.Path.StartsWithSegments("/good", StringComparison.Ordinal) ? 200 : 503)(c));
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        for (var i = 0; i < 72; i++) await (await network.GetAsync("/broken/x")).DisposeAsync();
        // Twenty exchanges are enough evidence.
        Assert.Equal(5 * 4 + 67, upstream.Requests.Count);
        await using var other = await network.GetAsync("/other/x");
        Assert.Equal(4, other.Tries);
    }

    [Fact]
    public async Task Fetch_TitleThatOneDestinationCannotServe_IsServedByTheOther()
    {
        await using var bad = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(503));
        await using var good = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", bad.Address, good.Address), ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "FirstAlphabetical")]);
        for (var i = 0; i < 40; i++)
        {
            await using var reply = await network.GetAsync("/one/x");
            Assert.Equal(200, reply.Head?.Status);
        }
    }

    [Fact]
    public async Task Fetch_RetriesOff_SendsOneRequest()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(503));
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.Fetch(
            new OriginRequest { Address = new MediaAddress("origin", "/x", ""), Verbatim = true }, network.Patience);
        Assert.Equal(503, reply.Head?.Status);
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 4)]
    public async Task Fetch_NobodyWantsItAnyMore_IsNotRetried(bool givesUp, int requests)
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(503));
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.Fetch(
            new OriginRequest { Address = new MediaAddress("origin", "/x", ""), GivesUp = () => givesUp }, network.Patience);
        Assert.Equal(givesUp ? OriginFailure.Cancelled : null, reply.Failure);
        Assert.Equal(requests, upstream.Requests.Count);
    }

    [Fact]
    public async Task Fetch_RetryAfterBeyondTheBudget_IsNotWaitedFor()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.StatusCode = 503;
            c.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.GetAsync("/x");
        Assert.Equal("3600", reply.Head?["Retry-After"]);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Fetch_RetryAfterWithinTheBudget_IsObeyed()
    {
        var clock = new ManualTimeProvider();
        var asked = new List<DateTimeOffset>();
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            asked.Add(clock.GetUtcNow());
            c.Response.StatusCode = asked.Count == 1 ? 503 : 200;
            c.Response.Headers.RetryAfter = "1";
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(clock, UpstreamNetwork.Cluster("origin", upstream.Address));
        var fetching = network.GetAsync("/x");
        await clock.AdvanceUntilAsync(() => upstream.Requests.Count == 2, TimeSpan.FromMilliseconds(10));
        await using var reply = await fetching;
        Assert.Equal(200, reply.Head?.Status);
        Assert.Equal(2, asked.Count);
        Assert.True(asked[1] - asked[0] >= TimeSpan.FromSeconds(1), $"asked again after {asked[1] - asked[0]}");
    }

    [Fact]
    public async Task Fetch_CallerLeavesWhileWaiting_EndsAtOnceWithoutRetry()
    {
        var asked = new TaskCompletionSource();
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.StatusCode = 503;
            c.Response.OnCompleted(() =>
            {
                asked.TrySetResult();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        // The fake clock does not advance: the wait before the next try would never end.
        await using var network = await UpstreamNetwork.OpenAsync(new ManualTimeProvider(), [.. UpstreamNetwork.Cluster("origin", upstream.Address), ("Gateway:Origin:RetryDelay", "00:00:05")]);
        using var leaving = new CancellationTokenSource();
        var fetching = network.Fetch(new OriginRequest { Address = new MediaAddress("origin", "/x", "") }, leaving.Token).AsTask();
        await asked.Task.WaitAsync(network.Patience);
        await leaving.CancelAsync();
        await using var reply = await fetching.WaitAsync(network.Patience);
        Assert.Equal(OriginFailure.Cancelled, reply.Failure);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Fetch_OneDestinationOfTwoIsDead_EveryFetchIsAnsweredByTheOther()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(_ => Task.CompletedTask);
        using var dead = new DeadPort();
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", dead.Address, upstream.Address),
            ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "FirstAlphabetical"),
            ("ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled", "false"),
            ("Gateway:Origin:Retries", "1"),
        ]);
        for (var i = 0; i < 20; i++)
        {
            await using var reply = await network.GetAsync($"/{i}");
            Assert.Equal(200, reply.Head?.Status);
        }
    }

    [Fact]
    public async Task Fetch_HeadRefused_SendsGetAndHasNoBody()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            if (HttpMethods.IsHead(c.Request.Method))
            {
                c.Response.StatusCode = 405;
                return Task.CompletedTask;
            }

            c.Response.ContentLength = 5;
            return c.Response.WriteAsync("hello");
        });
        await using var network = await UpstreamNetwork.OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        await using var reply = await network.Fetch(
            new OriginRequest { Address = new MediaAddress("origin", "/x", ""), HeadOnly = true }, network.Patience);
        Assert.Equal(200, reply.Head?.Status);
        Assert.Equal(5, reply.Length);
        Assert.Equal("", await network.ReadAsync(reply));
        Assert.Equal(["HEAD", "GET"], upstream.Requests.Select(r => r.Method));
    }
}
