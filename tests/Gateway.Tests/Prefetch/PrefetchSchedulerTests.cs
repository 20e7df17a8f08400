using System.Diagnostics.Metrics;
using Gateway.Caching.Eviction;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Tests.Caching;
using Gateway.Timelines;
using Gateway.Transcoding;
using Microsoft.Extensions.DependencyInjection;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class PrefetchSchedulerTests
{
    /// <summary>Many threads take shares in the same and different segments, and give them back in every state: in the end no slot is lost, and each segment has its outcome.</summary>
    [Fact]
    public async Task Slots_ManyThreadsTakeAndGiveBack_NoneIsLost()
    {
        await using var fixture = new PrefetchFixture(o => (o.MaxConcurrent, o.MaxPerSession, o.MaxWaiting) = (4, 2, 8), cache: o => o.LingerTime = TimeSpan.Zero);
        var now = fixture.Caching.Clock.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var viewer = new Lookahead();
            for (var i = 0; i < 2000; i++)
            {
                PrefetchItem?[] shares = [Take($"/shared/{i % 5}", i), Take($"/own/{thread}/{i % 50}", 2000 - i), Take($"/mixed/{i / 100 % 3}", 0)];
                if (i % 3 == 0 && shares[0] is { } first) fixture.Scheduler.Settle(first);
                else if (shares[0] is { } given) fixture.Scheduler.GiveBack([given]);
                foreach (var share in shares.AsSpan(1))
                {
                    if (share is not null) fixture.Scheduler.GiveBack([share]);
                }
            }

            PrefetchItem? Take(string path, int seconds) =>
                fixture.Scheduler.Want(viewer, new RangedAddress(new MediaAddress("origin", path, string.Empty), null), now.AddSeconds(seconds), isCounted: false);
        }))).WaitAsync(Deadline.Value);
        await fixture.QuietAsync();

        // All slots are free again.
        fixture.Answers = false;
        var before = fixture.Calls.Length;
        for (var i = 0; i < 4; i++) Want(fixture, $"/after/{i}", now);
        await Deadline.Until(() => fixture.Calls.Length == before + 4);
    }

    [Fact]
    public async Task Slot_TakenForAHeldSegment_GoesToTheNextWaitingItem()
    {
        var clock = new WatchedClock();
        await using var fixture = new CacheFixture(clock: clock);
        await fixture.StoreAsync("/held", [1, 2, 3], ("Cache-Control", "max-age=3600"));
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var scheduler = new PrefetchScheduler(fixture.Cache, new PrefetchOptions { MaxConcurrent = 1 }, new TranscoderOptions(), new PrefetchMetrics(services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
        PrefetchItem? other = null;
        clock.Looked = () =>
        {
            clock.Looked = null;
            other = scheduler.Want(new Lookahead(), new RangedAddress(new MediaAddress("origin", "/other", string.Empty), null), default, isCounted: false);
        };
        scheduler.Want(new Lookahead(), new RangedAddress(new MediaAddress("origin", "/held", string.Empty), new ByteRange(0, 2)), default, isCounted: false);
        Assert.True(PrefetchScheduler.IsRunning(other!), $"{other?.State}");
    }

    [Fact]
    public async Task Slots_OneSession_AreLimitedAndAllSegmentsComeInTheEnd()
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.MaxPerSession) = (5, 2)) { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Tell(viewer, Segment("v", 0));
        Assert.Equal(["/v/1.ts", "/v/2.ts"], fixture.Paths);
        for (var i = 0; i < 5; i++)
        {
            await Deadline.Until(() => fixture.Calls.Length > i);
            Assert.InRange(fixture.Calls.Length, 1, i + 2);
            fixture.Calls[i].Answer(200, [1]);
        }

        await fixture.QuietAsync();
        Assert.Equal(["/v/1.ts", "/v/2.ts", "/v/3.ts", "/v/4.ts", "/v/5.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Slots_AllSessions_AreLimitedAndTheMostUrgentGoesFirst()
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.MaxConcurrent) = (1, 1)) { Answers = false };
        var now = fixture.Caching.Clock.GetUtcNow();
        Want(fixture, "/first", now);
        Want(fixture, "/late", now + TimeSpan.FromSeconds(20));
        Want(fixture, "/soon", now + TimeSpan.FromSeconds(2));
        Want(fixture, "/later", now + TimeSpan.FromSeconds(30));
        // Another session needs it sooner.
        Want(fixture, "/later", now + TimeSpan.FromSeconds(1));
        for (var i = 0; i < 4; i++)
        {
            await Deadline.Until(() => fixture.Calls.Length == i + 1);
            fixture.Calls[i].Answer(200, [1]);
        }

        Assert.Equal(["/first", "/later", "/soon", "/late"], fixture.Paths);
    }

    [Fact]
    public async Task Slots_DemandUnderWay_GiveWayDownToAQuarter()
    {
        await using var fixture = new PrefetchFixture(o => o.MaxConcurrent = 8) { Answers = false };
        var demand = Enumerable.Range(0, 20).Select(i => fixture.Caching.OpenAsync(CacheFixture.Request($"/demand/{i}"))).ToArray();
        for (var i = 0; i < 8; i++) Want(fixture, $"/ahead/{i}", fixture.Caching.Clock.GetUtcNow());
        Assert.Equal(22, fixture.Calls.Length);
        foreach (var call in fixture.Calls[..20]) call.Answer(200, [1]);
        foreach (var one in demand) (await one.WaitAsync(Deadline.Value)).Dispose();
        await Deadline.Until(() => fixture.Caching.Cache.FetchesUnderWay == 2);
        fixture.Calls[20].Answer(200, [1]);
        await Deadline.Until(() => fixture.Calls.Length == 28);
    }

    [Fact]
    public async Task Queue_Full_DropsTheItemNeededLastAndCountsItOnce()
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.MaxConcurrent, o.MaxWaiting) = (4, 1, 2)) { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Tell(viewer, Segment("v", 0));
        Assert.Equal(1, fixture.Outcome("dropped"));
        fixture.Tell(viewer, Segment("v", 0));
        Assert.Equal(1, fixture.Outcome("dropped"));
        fixture.Calls[0].Answer(200, [1]);
        await Deadline.Until(() => fixture.Calls.Length == 2);
        fixture.Calls[1].Answer(200, [1]);
        await Deadline.Until(() => fixture.Calls.Length == 3);
        Assert.Equal(["/v/1.ts", "/v/2.ts", "/v/3.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Queue_ItemWaitedTooLong_IsDropped()
    {
        await using var fixture = new PrefetchFixture(
            o => (o.Segments, o.MaxConcurrent, o.Timeout) = (3, 1, TimeSpan.FromSeconds(10)), cache: o => o.LingerTime = TimeSpan.Zero)
        {
            Answers = false,
        };
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 99))), Segment("v", 0));
        fixture.Caching.Clock.Advance(TimeSpan.FromSeconds(10));
        await Deadline.Until(() => fixture.Outcomes == 3);
        Assert.Equal(1, fixture.Outcome("failed"));
        Assert.Equal(2, fixture.Outcome("dropped"));
        Assert.Single(fixture.Paths);
    }

    [Fact]
    public async Task Timeout_LingeringAllowed_FreesTheSlotAndTheFetchLingers()
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.Timeout) = (1, TimeSpan.FromSeconds(10))) { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Tell(viewer, Segment("v", 0));
        fixture.Caching.Clock.Advance(TimeSpan.FromSeconds(10));
        await fixture.QuietAsync();
        fixture.Tell(viewer, Segment("v", 0));
        var open = fixture.Caching.OpenAsync(CacheFixture.Request(Segment("v", 1).Path));
        fixture.Calls[0].Answer(200, [1]);
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal([1], await reply.ReadAllAsync());
        Assert.True(reply.WasPrefetched);
        Assert.Single(fixture.Calls);
    }

    [Fact]
    public async Task Timeout_WithoutLingering_GivesTheFetchUpAndFreesTheSlot()
    {
        await using var fixture = new PrefetchFixture(o => o.Timeout = TimeSpan.FromSeconds(10), cache: o => o.LingerTime = TimeSpan.Zero) { Answers = false };
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Tell(viewer, Segment("v", 0));
        fixture.Caching.Clock.Advance(TimeSpan.FromSeconds(10));
        await fixture.QuietAsync();
        Assert.All(fixture.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
        await Deadline.Until(() => fixture.Outcome("failed") == 3);
        fixture.Tell(viewer, Segment("v", 0));
        await Deadline.Until(() => fixture.Calls.Length == 6);
    }

    [Fact]
    public async Task Timeout_WithAClientReadingAlong_LeavesTheFetch()
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.MaxConcurrent, o.Timeout) = (1, 1, TimeSpan.FromSeconds(10))) { Answers = false };
        Want(fixture, "/a/1", fixture.Caching.Clock.GetUtcNow());
        fixture.Calls[0].Head(200, 100).Send(1);
        using var reply = await fixture.Caching.OpenAsync(CacheFixture.Request("/a/1")).WaitAsync(Deadline.Value);
        fixture.Caching.Clock.Advance(TimeSpan.FromSeconds(10));
        // The slot is free, and the client reads on.
        await Deadline.Until(() =>
        {
            Want(fixture, "/a/2", fixture.Caching.Clock.GetUtcNow());
            return fixture.Calls.Length == 2;
        });
        fixture.Calls[0].Send(new byte[99]).End();
        Assert.Equal(100, (await reply.ReadAllAsync()).Length);
        Assert.Equal(1, fixture.Outcome("used"));
    }

    [Fact]
    public async Task CriticalPressure_NewSegments_AreDeclinedAndCountedOnce()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Caching.Parts.Budget.Pressure = CachePressure.Critical;
        fixture.Tell(viewer, Segment("v", 0));
        fixture.Tell(viewer, Segment("v", 0));
        fixture.Tell(viewer, Segment("v", 1));
        Assert.Empty(fixture.Paths);
        Assert.Equal(4, fixture.Outcome("dropped"));
        fixture.Caching.Parts.Budget.Pressure = CachePressure.Normal;
        fixture.Tell(viewer, Segment("v", 2));
        Assert.Equal(["/v/3.ts", "/v/4.ts", "/v/5.ts"], fixture.Paths);
    }

    [Fact]
    public async Task CriticalPressure_WaitingItems_AreDropped()
    {
        await using var fixture = new PrefetchFixture(o => o.MaxConcurrent = 1) { Answers = false };
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 99))), Segment("v", 0));
        fixture.Caching.Parts.Budget.Pressure = CachePressure.Critical;
        fixture.Calls[0].Fail(OriginFailure.Unreachable);
        await Deadline.Until(() => fixture.Outcomes == 3);
        Assert.Single(fixture.Paths);
        Assert.Equal(2, fixture.Outcome("dropped"));
    }

    [Fact]
    public async Task UnusedBytes_BeyondTheBudget_StopPrefetchUntilSomeAreUsed()
    {
        await using var fixture = new PrefetchFixture(o => o.MaxUnusedBytes = 300);
        var (one, other) = (PrefetchFixture.Viewer(("v", Of("v", 0, 99))), PrefetchFixture.Viewer(("w", Of("w", 0, 99))));
        fixture.Tell(one, Segment("v", 0));
        await fixture.QuietAsync();
        await Deadline.Until(() => fixture.Caching.Cache.UnusedBytes == 300);
        fixture.Tell(other, Segment("w", 0));
        Assert.Equal(3, fixture.Paths.Length);
        await fixture.Caching.GetAsync(CacheFixture.Request("/v/1.ts"));
        fixture.Tell(other, Segment("w", 1));
        Assert.Equal("/w/2.ts", fixture.Paths[3]);
    }

    [Fact]
    public async Task Stalled_Upstream_DoesNotHoldDemandUp()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        for (var i = 0; i < 100; i++) fixture.Tell(PrefetchFixture.Viewer(($"t{i}", Of($"t{i}", 0, 99))), Segment($"t{i}", 0));
        Assert.Equal(32, fixture.Calls.Length);
        var demand = fixture.Caching.OpenAsync(CacheFixture.Request("/t99/1.ts"));
        Assert.Equal("/t99/1.ts", fixture.Paths[^1]);
        fixture.Calls[^1].Answer(200, [7]);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal([7], await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Segment_WantedByMany_IsFetchedOnceAndGivenUpWithTheLast()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var timeline = Of("v", 0, 99);
        var viewers = Enumerable.Range(0, 50).Select(_ => PrefetchFixture.Viewer(("v", timeline))).ToArray();
        await Task.WhenAll(viewers.Select(v => Task.Run(() => fixture.Tell(v, Segment("v", 0)))));
        Assert.Equal(3, fixture.Calls.Length);
        foreach (var viewer in viewers[1..]) viewer.End();
        Assert.All(fixture.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
        viewers[0].End();
        Assert.All(fixture.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task Requests_ManyOfOneSessionAtOnce_LeaveNothingBehind()
    {
        await using var fixture = new PrefetchFixture(o => (o.MaxConcurrent, o.MaxPerSession, o.MaxWaiting) = (4, 3, 5));
        var viewers = Enumerable.Range(0, 4).Select(_ => PrefetchFixture.Viewer(("v", Of("v", 0, 400)), ("w", Of("w", 0, 400)))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            var random = new Random(n);
            for (var i = 0; i < 300; i++) fixture.Tell(viewers[n % 4], Segment(n % 3 == 0 ? "w" : "v", random.Next(4) == 0 ? random.Next(400) : i));
        })));
        foreach (var viewer in viewers) viewer.End();
        await fixture.QuietAsync();

        // Every slot was given back: as many start at once as before.
        fixture.Answers = false;
        var before = fixture.Calls.Length;
        var starter = new Lookahead();
        for (var i = 0; i < 10; i++) fixture.Scheduler.Want(i < 3 ? starter : new Lookahead(), new RangedAddress(Segment("x", i), null), default, false);
        await Deadline.Until(() => fixture.Calls.Length == before + 4);
    }

    private static void Want(PrefetchFixture fixture, string path, DateTimeOffset due) =>
        fixture.Scheduler.Want(new Lookahead(), new RangedAddress(new MediaAddress("origin", path, ""), null), due, isCounted: false);

    /// <summary>Signals when the cache reads it: in the middle of a fetch that is about to start.</summary>
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
