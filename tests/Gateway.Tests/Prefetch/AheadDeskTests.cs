using System.Diagnostics.Metrics;
using Gateway.Caching;
using Gateway.Manifests.Timeline;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Tests.Caching;
using Microsoft.Extensions.DependencyInjection;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class AheadDeskTests
{
    /// <summary>Many at once want the same and different things, and give them back in every state: in the end no place is lost, and each has its outcome.</summary>
    [Fact]
    public async Task ManyThreads_WantAndGiveBack_NoPlaceIsLost()
    {
        await using var house = new PrefetchHouse(o => (o.MaxConcurrent, o.MaxPerSession, o.MaxWaiting) = (4, 2, 8), cache: o => o.LingerTime = TimeSpan.Zero);
        var now = house.Cellar.Clock.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var viewer = new Lookahead();
            for (var i = 0; i < 2000; i++)
            {
                Ahead?[] shares = [Wish($"/shared/{i % 5}", i), Wish($"/own/{thread}/{i % 50}", 2000 - i), Wish($"/mixed/{i / 100 % 3}", 0)];
                if (i % 3 == 0 && shares[0] is { } first) house.Desk.Settle(first);
                else if (shares[0] is { } given) house.Desk.GiveBack([given]);
                foreach (var share in shares.AsSpan(1))
                {
                    if (share is not null) house.Desk.GiveBack([share]);
                }
            }

            Ahead? Wish(string path, int seconds) =>
                house.Desk.Want(viewer, new RangedAddress(new MediaAddress("origin", path, string.Empty), null), now.AddSeconds(seconds), isTold: false);
        }))).WaitAsync(Deadline.Value);
        await house.QuietAsync();

        // All places can be had again.
        house.Answers = false;
        var before = house.Calls.Length;
        for (var i = 0; i < 4; i++) Want(house, $"/after/{i}", now);
        await Deadline.Until(() => house.Calls.Length == before + 4);
    }

    [Fact]
    public async Task PlaceThatWasTakenForWhatIsHeld_GoesToWhatCameMeanwhile()
    {
        var clock = new WatchedClock();
        await using var house = new CellarHouse(clock: clock);
        await house.StoreAsync("/held", [1, 2, 3], ("Cache-Control", "max-age=3600"));
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var desk = new AheadDesk(house.Cellar, new PrefetchOptions { MaxConcurrent = 1 }, new PrefetchMetrics(services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
        Ahead? other = null;
        clock.Looked = () =>
        {
            clock.Looked = null;
            other = desk.Want(new Lookahead(), new RangedAddress(new MediaAddress("origin", "/other", string.Empty), null), default, isTold: false);
        };
        desk.Want(new Lookahead(), new RangedAddress(new MediaAddress("origin", "/held", string.Empty), new ByteRange(0, 2)), default, isTold: false);
        Assert.True(AheadDesk.IsRunning(other!), $"{other?.State}");
    }

    [Fact]
    public async Task Places_AreLimitedForOneViewer_AndAllOfItComesInTheEnd()
    {
        await using var house = new PrefetchHouse(o => (o.Segments, o.MaxPerSession) = (5, 2)) { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        house.Tell(viewer, Segment("v", 0));
        Assert.Equal(["/v/1.ts", "/v/2.ts"], house.Paths);
        for (var i = 0; i < 5; i++)
        {
            await Deadline.Until(() => house.Calls.Length > i);
            Assert.InRange(house.Calls.Length, 1, i + 2);
            house.Calls[i].Answer(200, [1]);
        }

        await house.QuietAsync();
        Assert.Equal(["/v/1.ts", "/v/2.ts", "/v/3.ts", "/v/4.ts", "/v/5.ts"], house.Paths);
    }

    [Fact]
    public async Task Places_AreLimitedForAll_AndTheMostUrgentGoesFirst()
    {
        await using var house = new PrefetchHouse(o => (o.Segments, o.MaxConcurrent) = (1, 1)) { Answers = false };
        var now = house.Cellar.Clock.GetUtcNow();
        Want(house, "/first", now);
        Want(house, "/late", now + TimeSpan.FromSeconds(20));
        Want(house, "/soon", now + TimeSpan.FromSeconds(2));
        Want(house, "/later", now + TimeSpan.FromSeconds(30));
        // Somebody else needs it sooner.
        Want(house, "/later", now + TimeSpan.FromSeconds(1));
        for (var i = 0; i < 4; i++)
        {
            await Deadline.Until(() => house.Calls.Length == i + 1);
            house.Calls[i].Answer(200, [1]);
        }

        Assert.Equal(["/first", "/later", "/soon", "/late"], house.Paths);
    }

    [Fact]
    public async Task Places_GiveWayToDemand_DownToAQuarter()
    {
        await using var house = new PrefetchHouse(o => o.MaxConcurrent = 8) { Answers = false };
        var demand = Enumerable.Range(0, 20).Select(i => house.Cellar.OpenAsync(CellarHouse.Request($"/demand/{i}"))).ToArray();
        for (var i = 0; i < 8; i++) Want(house, $"/ahead/{i}", house.Cellar.Clock.GetUtcNow());
        Assert.Equal(22, house.Calls.Length);
        foreach (var call in house.Calls[..20]) call.Answer(200, [1]);
        foreach (var one in demand) (await one.WaitAsync(Deadline.Value)).Dispose();
        await Deadline.Until(() => house.Cellar.Cellar.FetchesUnderWay == 2);
        house.Calls[20].Answer(200, [1]);
        await Deadline.Until(() => house.Calls.Length == 28);
    }

    [Fact]
    public async Task Queue_ThatIsFull_DropsWhatIsNeededLast_AndCountsItOnce()
    {
        await using var house = new PrefetchHouse(o => (o.Segments, o.MaxConcurrent, o.MaxWaiting) = (4, 1, 2)) { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        house.Tell(viewer, Segment("v", 0));
        Assert.Equal(1, house.Outcome("dropped"));
        house.Tell(viewer, Segment("v", 0));
        Assert.Equal(1, house.Outcome("dropped"));
        house.Calls[0].Answer(200, [1]);
        await Deadline.Until(() => house.Calls.Length == 2);
        house.Calls[1].Answer(200, [1]);
        await Deadline.Until(() => house.Calls.Length == 3);
        Assert.Equal(["/v/1.ts", "/v/2.ts", "/v/3.ts"], house.Paths);
    }

    [Fact]
    public async Task WaitedTooLong_IsDropped()
    {
        await using var house = new PrefetchHouse(
            o => (o.Segments, o.MaxConcurrent, o.Timeout) = (3, 1, TimeSpan.FromSeconds(10)), cache: o => o.LingerTime = TimeSpan.Zero)
        {
            Answers = false,
        };
        house.Tell(PrefetchHouse.Viewer(("v", Of("v", 0, 99))), Segment("v", 0));
        house.Cellar.Clock.Advance(TimeSpan.FromSeconds(10));
        await Deadline.Until(() => house.Outcomes == 3);
        Assert.Equal(1, house.Outcome("failed"));
        Assert.Equal(2, house.Outcome("dropped"));
        Assert.Single(house.Paths);
    }

    [Fact]
    public async Task Timeout_FreesThePlace_AndTheFetchLingersForItsViewer()
    {
        await using var house = new PrefetchHouse(o => (o.Segments, o.Timeout) = (1, TimeSpan.FromSeconds(10))) { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        house.Tell(viewer, Segment("v", 0));
        house.Cellar.Clock.Advance(TimeSpan.FromSeconds(10));
        await house.QuietAsync();
        house.Tell(viewer, Segment("v", 0));
        var open = house.Cellar.OpenAsync(CellarHouse.Request(Segment("v", 1).Path));
        house.Calls[0].Answer(200, [1]);
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal([1], await reply.ReadAllAsync());
        Assert.True(reply.WasPrefetched);
        Assert.Single(house.Calls);
    }

    [Fact]
    public async Task Timeout_WhereNoneLingers_GivesTheFetchUp_AndItsPlaceAway()
    {
        await using var house = new PrefetchHouse(o => o.Timeout = TimeSpan.FromSeconds(10), cache: o => o.LingerTime = TimeSpan.Zero) { Answers = false };
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        house.Tell(viewer, Segment("v", 0));
        house.Cellar.Clock.Advance(TimeSpan.FromSeconds(10));
        await house.QuietAsync();
        Assert.All(house.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        await Deadline.Until(() => house.Outcome("failed") == 3);
        house.Tell(viewer, Segment("v", 0));
        await Deadline.Until(() => house.Calls.Length == 6);
    }

    [Fact]
    public async Task Timeout_WithAClientReadingAlong_HarmsNobody()
    {
        await using var house = new PrefetchHouse(o => (o.Segments, o.MaxConcurrent, o.Timeout) = (1, 1, TimeSpan.FromSeconds(10))) { Answers = false };
        Want(house, "/a/1", house.Cellar.Clock.GetUtcNow());
        house.Calls[0].Head(200, 100).Send(1);
        using var reply = await house.Cellar.OpenAsync(CellarHouse.Request("/a/1")).WaitAsync(Deadline.Value);
        house.Cellar.Clock.Advance(TimeSpan.FromSeconds(10));
        // The place is free, and the client reads on.
        await Deadline.Until(() =>
        {
            Want(house, "/a/2", house.Cellar.Clock.GetUtcNow());
            return house.Calls.Length == 2;
        });
        house.Calls[0].Send(new byte[99]).End();
        Assert.Equal(100, (await reply.ReadAllAsync()).Length);
        Assert.Equal(1, house.Outcome("used"));
    }

    [Fact]
    public async Task CriticalPressure_StopsAndIsCountedOnceForEachSegment()
    {
        await using var house = new PrefetchHouse();
        var viewer = PrefetchHouse.Viewer(("v", Of("v", 0, 99)));
        house.Cellar.Parts.Budget.Pressure = CachePressure.Critical;
        house.Tell(viewer, Segment("v", 0));
        house.Tell(viewer, Segment("v", 0));
        house.Tell(viewer, Segment("v", 1));
        Assert.Empty(house.Paths);
        Assert.Equal(4, house.Outcome("dropped"));
        house.Cellar.Parts.Budget.Pressure = CachePressure.Normal;
        house.Tell(viewer, Segment("v", 2));
        Assert.Equal(["/v/3.ts", "/v/4.ts", "/v/5.ts"], house.Paths);
    }

    [Fact]
    public async Task CriticalPressure_EmptiesTheQueue()
    {
        await using var house = new PrefetchHouse(o => o.MaxConcurrent = 1) { Answers = false };
        house.Tell(PrefetchHouse.Viewer(("v", Of("v", 0, 99))), Segment("v", 0));
        house.Cellar.Parts.Budget.Pressure = CachePressure.Critical;
        house.Calls[0].Fail(OriginFailure.Unreachable);
        await Deadline.Until(() => house.Outcomes == 3);
        Assert.Single(house.Paths);
        Assert.Equal(2, house.Outcome("dropped"));
    }

    [Fact]
    public async Task UnusedBytes_BeyondTheBudget_StopPrefetchUntilSomeAreUsed()
    {
        await using var house = new PrefetchHouse(o => o.MaxUnusedBytes = 300);
        var (one, other) = (PrefetchHouse.Viewer(("v", Of("v", 0, 99))), PrefetchHouse.Viewer(("w", Of("w", 0, 99))));
        house.Tell(one, Segment("v", 0));
        await house.QuietAsync();
        await Deadline.Until(() => house.Cellar.Cellar.UnusedBytes == 300);
        house.Tell(other, Segment("w", 0));
        Assert.Equal(3, house.Paths.Length);
        await house.Cellar.GetAsync(CellarHouse.Request("/v/1.ts"));
        house.Tell(other, Segment("w", 1));
        Assert.Equal("/w/2.ts", house.Paths[3]);
    }

    [Fact]
    public async Task Stalled_Upstream_DoesNotHoldDemandUp()
    {
        await using var house = new PrefetchHouse { Answers = false };
        for (var i = 0; i < 100; i++) house.Tell(PrefetchHouse.Viewer(($"t{i}", Of($"t{i}", 0, 99))), Segment($"t{i}", 0));
        Assert.Equal(32, house.Calls.Length);
        var demand = house.Cellar.OpenAsync(CellarHouse.Request("/t99/1.ts"));
        Assert.Equal("/t99/1.ts", house.Paths[^1]);
        house.Calls[^1].Answer(200, [7]);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal([7], await reply.ReadAllAsync());
    }

    [Fact]
    public async Task SameSegment_WantedByMany_IsFetchedOnce_AndGivenUpWithTheLast()
    {
        await using var house = new PrefetchHouse { Answers = false };
        var timeline = Of("v", 0, 99);
        var viewers = Enumerable.Range(0, 50).Select(_ => PrefetchHouse.Viewer(("v", timeline))).ToArray();
        await Task.WhenAll(viewers.Select(v => Task.Run(() => house.Tell(v, Segment("v", 0)))));
        Assert.Equal(3, house.Calls.Length);
        foreach (var viewer in viewers[1..]) viewer.End();
        Assert.All(house.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
        viewers[0].End();
        Assert.All(house.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task ManyRequestsOfOneViewerAtOnce_LeaveNothingBehind()
    {
        await using var house = new PrefetchHouse(o => (o.MaxConcurrent, o.MaxPerSession, o.MaxWaiting) = (4, 3, 5));
        var viewers = Enumerable.Range(0, 4).Select(_ => PrefetchHouse.Viewer(("v", Of("v", 0, 400)), ("w", Of("w", 0, 400)))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            var random = new Random(n);
            for (var i = 0; i < 300; i++) house.Tell(viewers[n % 4], Segment(n % 3 == 0 ? "w" : "v", random.Next(4) == 0 ? random.Next(400) : i));
        })));
        foreach (var viewer in viewers) viewer.End();
        await house.QuietAsync();

        // Every place was given back: as many start at once as ever.
        house.Answers = false;
        var before = house.Calls.Length;
        var starter = new Lookahead();
        for (var i = 0; i < 10; i++) house.Desk.Want(i < 3 ? starter : new Lookahead(), new RangedAddress(Segment("x", i), null), default, false);
        await Deadline.Until(() => house.Calls.Length == before + 4);
    }

    private static void Want(PrefetchHouse house, string path, DateTimeOffset due) =>
        house.Desk.Want(new Lookahead(), new RangedAddress(new MediaAddress("origin", path, ""), null), due, isTold: false);

    /// <summary>Tells when the cellar looks at it: in the middle of a fetch that is about to start.</summary>
    private sealed class WatchedClock : TimeProvider
    {
        public Action? Looked { get; set; }

        public override long GetTimestamp()
        {
            Looked?.Invoke();
            return base.GetTimestamp();
        }
    }
}
