using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Origin;

public sealed class HedgingTests
{
    private static readonly TimeSpan MinimumDelay = new OriginOptions().HedgingMinimumDelay;

    /// <summary>Stands still while heads come, so that any wait is longer than usual.</summary>
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Fetch_FirstDestinationSlowerThanUsual_TheSecondAnswersAndTheFirstIsCancelled()
    {
        var withdrawn = new TaskCompletionSource();
        await using var slow = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var quick = await LoopbackUpstream.StartAsync(c => c.Response.WriteAsync("quick"));
        await using var network = await OpenAsync(true, slow, quick);
        await WarmUpAsync(network);
        slow.Answer = c =>
        {
            c.RequestAborted.Register(() => withdrawn.TrySetResult());
            return FaultyOrigin.HangAsync(c);
        };
        var fetching = network.GetAsync("/x");
        await _clock.AdvanceUntilAsync(() => !quick.Requests.IsEmpty, MinimumDelay);
        await using var reply = await fetching;
        Assert.Equal("quick", await network.ReadAsync(reply));
        Assert.Equal(2, reply.Tries);
        await withdrawn.Task.WaitAsync(network.Patience);
    }

    [Fact]
    public async Task Fetch_FirstDestinationSlowerThanUsualButStillTheFirst_ItsAnswerWins()
    {
        var secondAsked = new TaskCompletionSource();
        await using var first = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var second = await LoopbackUpstream.StartAsync(c =>
        {
            secondAsked.TrySetResult();
            return FaultyOrigin.HangAsync(c);
        });
        await using var network = await OpenAsync(true, first, second);
        await WarmUpAsync(network);
        first.Answer = async c =>
        {
            await secondAsked.Task;
            await c.Response.WriteAsync("first");
        };
        var fetching = network.GetAsync("/x");
        await _clock.AdvanceUntilAsync(() => secondAsked.Task.IsCompleted, MinimumDelay);
        await using var reply = await fetching;
        Assert.Equal("first", await network.ReadAsync(reply));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Fetch_HedgingOffOrPrefetch_GoesToOneDestinationOnly(bool hedging, bool prefetch)
    {
        await using var slow = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var quick = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await OpenAsync(hedging, slow, quick);
        await WarmUpAsync(network);
        slow.Answer = FaultyOrigin.HangAsync;
        var request = new OriginRequest { Address = new MediaAddress("origin", "/x", ""), Purpose = prefetch ? FetchPurpose.Prefetch : FetchPurpose.Demand };
        var fetching = network.Fetch(request, network.Patience).AsTask();
        await Deadline.Until(() => slow.Requests.Count > FirstByteTimes.Enough);
        await _clock.AdvanceUntilAsync(() => fetching.IsCompleted, TimeSpan.FromSeconds(10));
        await using var reply = await fetching;
        Assert.Equal(OriginFailure.TimedOut, reply.Failure);
        Assert.Empty(quick.Requests);
    }

    [Fact]
    public async Task Fetch_OneDestinationOnly_IsAskedASecondTime()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(_clock, [.. UpstreamNetwork.Cluster("origin", upstream.Address)]);
        await WarmUpAsync(network);
        var asked = 0;
        upstream.Answer = c => Interlocked.Increment(ref asked) == 1 ? FaultyOrigin.HangAsync(c) : c.Response.WriteAsync("second");
        var fetching = network.GetAsync("/x");
        await _clock.AdvanceUntilAsync(() => fetching.IsCompleted, MinimumDelay);
        await using var reply = await fetching;
        Assert.Equal("second", await network.ReadAsync(reply));
    }

    [Fact]
    public async Task Fetch_SecondDestinationDoesNotHaveIt_TheSlowAnswerOfTheFirstIsWaitedFor()
    {
        var secondAnswered = new TaskCompletionSource();
        await using var first = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var second = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.StatusCode = 404;
            c.Response.OnCompleted(() =>
            {
                secondAnswered.TrySetResult();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        await using var network = await OpenAsync(true, first, second);
        await WarmUpAsync(network);
        first.Answer = async c =>
        {
            await secondAnswered.Task;
            await c.Response.WriteAsync("first");
        };
        var fetching = network.GetAsync("/x");
        await _clock.AdvanceUntilAsync(() => secondAnswered.Task.IsCompleted, MinimumDelay);
        await using var reply = await fetching;
        Assert.Equal("first", await network.ReadAsync(reply));
    }

    [Fact]
    public async Task Fetch_PrefetchThatAClientWaitsFor_GetsDemandsSecondRequest()
    {
        await using var slow = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var quick = await LoopbackUpstream.StartAsync(c => c.Response.WriteAsync("quick"));
        await using var network = await OpenAsync(true, slow, quick);
        await WarmUpAsync(network);
        slow.Answer = FaultyOrigin.HangAsync;
        var urgency = new FetchUrgency();
        var request = new OriginRequest { Address = new MediaAddress("origin", "/x", ""), Purpose = FetchPurpose.Prefetch, Urgency = urgency };
        var fetching = network.Fetch(request, network.Patience).AsTask();
        await Deadline.Until(() => slow.Requests.Count > FirstByteTimes.Enough);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(quick.Requests);
        urgency.Demand(null);
        await using var reply = await fetching.WaitAsync(network.Patience);
        Assert.Equal("quick", await network.ReadAsync(reply));
    }

    [Fact]
    public async Task Fetch_OnlyHealthyDestinationHangs_TheUnhealthyOneIsAskedRatherThanTheSameAgain()
    {
        await using var hangs = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var recovered = await LoopbackUpstream.StartAsync(c => c.Response.WriteAsync("recovered"));
        await using var network = await OpenAsync(true, hangs, recovered);
        await WarmUpAsync(network);
        Assert.True(network.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("origin", out var cluster));
        network.Services.GetRequiredService<IDestinationHealthUpdater>().SetPassive(cluster, cluster.Destinations["b"], DestinationHealth.Unhealthy, TimeSpan.FromHours(1));
        hangs.Answer = FaultyOrigin.HangAsync;
        var fetching = network.GetAsync("/x");
        await _clock.AdvanceUntilAsync(() => fetching.IsCompleted, MinimumDelay);
        await using var reply = await fetching;
        Assert.Equal("recovered", await network.ReadAsync(reply));
    }

    /// <summary>A destination that does not answer is no help for one that is only late.</summary>
    [Fact]
    public async Task Fetch_TheOtherDestinationIsDoubted_TheLateOneIsAskedAgain()
    {
        await using var late = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var dead = await LoopbackUpstream.StartAsync(FaultyOrigin.HangAsync);
        await using var network = await OpenAsync(true, late, dead);
        await WarmUpAsync(network);
        Assert.True(network.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("origin", out var cluster));
        network.Services.GetRequiredService<DestinationTrust>().Failed(cluster.Destinations["b"]);
        var asked = 0;
        late.Answer = c => Interlocked.Increment(ref asked) == 1 ? FaultyOrigin.HangAsync(c) : c.Response.WriteAsync("again");
        var fetching = network.GetAsync("/x");
        await _clock.AdvanceUntilAsync(() => fetching.IsCompleted || !dead.Requests.IsEmpty, MinimumDelay / 4);
        Assert.Empty(dead.Requests);
        await using var reply = await fetching;
        Assert.Equal("again", await network.ReadAsync(reply));
    }

    [Fact]
    public async Task Fetch_EverythingIsSlow_SecondRequestsStayWithinTheirShare()
    {
        await using var slow = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var second = await LoopbackUpstream.StartAsync(FaultyOrigin.HangAsync);
        await using var network = await OpenAsync(true, slow, second);
        await WarmUpAsync(network);
        slow.Answer = FaultyOrigin.HangAsync;
        var fetching = Enumerable.Range(0, 60).Select(i => network.GetAsync($"/{i}")).ToArray();
        await Deadline.Until(() => slow.Requests.Count == FirstByteTimes.Enough + fetching.Length);
        await _clock.AdvanceUntilAsync(() => Array.TrueForAll(fetching, f => f.IsCompleted), TimeSpan.FromSeconds(1));
        Assert.InRange(second.Requests.Count, 1, (int)(HedgeBudget.Reserve + (fetching.Length * new OriginOptions().HedgingShare)));
    }

    private Task<UpstreamNetwork> OpenAsync(bool hedging, LoopbackUpstream a, LoopbackUpstream b) => UpstreamNetwork.OpenAsync(
        _clock,
        [
            .. UpstreamNetwork.Cluster("origin", a.Address, b.Address),
            ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "FirstAlphabetical"),
            ("Gateway:Origin:Hedging", hedging ? "true" : "false"),
            ("Gateway:Origin:Retries", "0"),
        ]);

    /// <summary>Until the usual first-byte time is known.</summary>
    private static async Task WarmUpAsync(UpstreamNetwork network)
    {
        for (var i = 0; i < FirstByteTimes.Enough; i++) await (await network.GetAsync("/warm")).DisposeAsync();
    }
}
