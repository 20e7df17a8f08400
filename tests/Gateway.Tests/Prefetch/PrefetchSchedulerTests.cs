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
        fixture.Want("/first", now);
        fixture.Want("/late", now + TimeSpan.FromSeconds(20));
        fixture.Want("/soon", now + TimeSpan.FromSeconds(2));
        fixture.Want("/later", now + TimeSpan.FromSeconds(30));
        // Another session needs it sooner.
        fixture.Want("/later", now + TimeSpan.FromSeconds(1));
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
        for (var i = 0; i < 8; i++) fixture.Want($"/ahead/{i}", fixture.Caching.Clock.GetUtcNow());
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
        fixture.Want("/a/1", fixture.Caching.Clock.GetUtcNow());
        fixture.Calls[0].Head(200, 100).Send(1);
        using var reply = await fixture.Caching.OpenAsync(CacheFixture.Request("/a/1")).WaitAsync(Deadline.Value);
        fixture.Caching.Clock.Advance(TimeSpan.FromSeconds(10));
        // The slot is free, and the client reads on.
        await Deadline.Until(() =>
        {
            fixture.Want("/a/2", fixture.Caching.Clock.GetUtcNow());
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
