using Gateway.Media;
using Gateway.Origin;
using Gateway.Tests.Caching;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;

namespace Gateway.Tests.Origin;

/// <summary>Second requests, continued bodies and readers that leave at any moment, all at once: no wrong byte, and nothing is held afterwards.</summary>
public sealed class OriginRacesTests
{
    private const int Fetches = 400;

    private static readonly byte[] File = RangedOrigin.Bytes(200_000, 1);

    [Fact]
    public async Task Fetch_LateAndBrokenAnswersAndReadersThatLeave_EverythingIsGivenBack()
    {
        var origin = new RangedOrigin { BreaksAfter = static n => n % 3 == 0 ? n * 977 % 150_000 : null };
        await using var one = await LoopbackUpstream.StartAsync(origin.AnswerAsync);
        await using var other = await LoopbackUpstream.StartAsync(async context =>
        {
            // A real delay: what is late must be late for the gateway's clock as well, and every eighth is.
            if (context.Request.Path.Value!.EndsWith('0')) await Task.Delay(TimeSpan.FromMilliseconds(80), TimeProvider.System, context.RequestAborted);
            await origin.AnswerAsync(context);
        });
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", one.Address, other.Address),
            ("Gateway:Origin:HedgingMinimumDelay", "00:00:00.010"), ("Gateway:Origin:HedgingShare", "1"), ("Gateway:Origin:MaxConcurrent", "6"), ("Gateway:Origin:MaxQueueTime", "00:00:30"),
            ("Gateway:Origin:BreakerMinimumExchanges", "100000"),
        ]);
        var random = new Random(6);
        var plans = Enumerable.Range(0, Fetches).Select(i => (Path: $"/t/{Convert.ToString(i % 20, 8)}", LeavesAfter: random.Next(3) == 0 ? random.Next(150_000) : int.MaxValue, IsAhead: random.Next(4) == 0)).ToArray();
        var whole = 0;
        await Parallel.ForEachAsync(plans, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (plan, _) =>
        {
            if (await PlayAsync(network, plan.Path, plan.LeavesAfter, plan.IsAhead)) Interlocked.Increment(ref whole);
        });
        Assert.True(whole > Fetches / 4, $"{whole} came whole");

        Assert.True(network.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("origin", out var cluster));
        await Deadline.Until(() => cluster.Destinations.Values.All(d => d.ConcurrentRequestCount == 0));
        // A place that was lost would keep these waiting for half a minute.
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PlayAsync(network, "/t/1", int.MaxValue, isAhead: false)));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(25), "a place at a destination was lost");
    }

    private static async Task<bool> PlayAsync(UpstreamNetwork network, string path, int leavesAfter, bool isAhead)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(network.Patience);
        var urgency = new FetchUrgency();
        var fetching = network.Fetch(
            new OriginRequest { Address = new MediaAddress("origin", path, ""), Purpose = isAhead ? FetchPurpose.Prefetch : FetchPurpose.Demand, Urgency = urgency }, leaving.Token).AsTask();
        if (isAhead) urgency.Demand(TimeSpan.FromSeconds(1));
        if (leavesAfter < 10_000) await leaving.CancelAsync();
        await using var reply = await fetching;
        if (!reply.Answered) return false;
        var at = 0;
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await reply.ReadAsync(buffer, leaving.Token)) > 0; at += read)
            {
                Assert.True(File.AsSpan(at, read).SequenceEqual(buffer.AsSpan(0, read)), $"wrong bytes at {at}");
                if (at > leavesAfter) await leaving.CancelAsync();
            }
        }
        catch (Exception e) when (e is OriginBrokenException || (e is OperationCanceledException && leaving.IsCancellationRequested))
        {
            return false;
        }

        Assert.Equal(File.Length, at);
        return true;
    }
}
