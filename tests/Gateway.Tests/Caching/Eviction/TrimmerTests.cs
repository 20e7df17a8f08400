using System.Diagnostics.Metrics;
using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Eviction;

public sealed class TrimmerTests
{
    /// <summary>An object of one large block, with its overhead: 15 of them are just below a mebibyte.</summary>
    private const int Piece = BodyBlockPool.Large;

    private const int Cost = Piece + CacheEntry.Overhead;

    [Fact]
    public async Task Trim_HighMark_EvictsLeastRecentlyUsedFirst()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        using var evictions = new Evictions(fixture);
        for (var i = 0; i < 16; i++)
        {
            await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
            fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        await fixture.GetAsync(CacheFixture.Request("/t0/seg"));
        Assert.True(fixture.TrimSignals == 0);
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, fixture.Cache.Pressure);
        Assert.True(fixture.Parts.Budget.Used <= 0.78 * 20 * Cost);
        Assert.True(Holds(fixture, 0), "used again, so not the oldest");
        Assert.False(Holds(fixture, 1));
        Assert.True(Holds(fixture, 2));
        Assert.Equal(["high_pressure"], evictions.Reasons);
    }

    [Fact]
    public async Task Trim_HighMarkWithinRetention_KeepsObjects()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        for (var i = 0; i < 17; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(fixture.TrimSignals > 0);
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(17 * Cost, fixture.Parts.Budget.Used);
        Assert.Equal(CachePressure.High, fixture.Cache.Pressure);
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(CacheFixture.Request("/t0/seg"))).Result);
    }

    [Fact]
    public async Task Trim_CriticalMarkWithinRetention_EvictsObjects()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        using var evictions = new Evictions(fixture);
        for (var i = 0; i < 19; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Trimmer.Trim(sweep: false);
        Assert.True(fixture.Parts.Budget.Used <= 0.80 * 20 * Cost);
        Assert.All(evictions.Reasons, r => Assert.Equal("critical_pressure", r));
        Assert.Equal(CachePressure.Normal, fixture.Cache.Pressure);
    }

    [Fact]
    public async Task Trim_CriticalMarkInUse_KeepsObjectsAndPressure()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        var readers = new List<CacheReply>();
        for (var i = 0; i < 19; i++)
        {
            await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
            readers.Add(await fixture.OpenAsync(CacheFixture.Request($"/t{i}/seg")));
        }

        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, fixture.Cache.Pressure);
        Assert.Equal(19 * Cost, fixture.Parts.Budget.Used);
        for (var i = 0; i < 19; i++) Assert.Equal(CacheFixture.Bytes(Piece, i), await readers[i].ReadAllAsync());

        // Nothing is prefetched now.
        Assert.Null(fixture.Cache.FetchAhead(CacheFixture.Request("/new")));
        foreach (var reader in readers) reader.Dispose();

        // Critical until the high mark is reached again, then normal.
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, fixture.Cache.Pressure);
    }

    [Fact]
    public async Task Cache_Full_StreamsNewObjectsWithinTheBudget()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        var readers = new List<CacheReply>();
        for (var i = 0; i < 30; i++)
        {
            var open = fixture.OpenAsync(CacheFixture.Request($"/t{i}/seg"));
            (await fixture.Upstream.NextAsync()).Answer(200, CacheFixture.Bytes(Piece, i));
            readers.Add(await open.WaitAsync(Deadline.Value));
            Assert.True(fixture.Parts.Budget.Used <= 20 * Cost);
        }

        Assert.Equal(20, readers.Count(r => r.Result == CacheResult.Filled));
        Assert.Equal(10, readers.Count(r => r is { Result: CacheResult.Passed, Pass: PassReason.NoSpace }));
        for (var i = 0; i < 30; i++) Assert.Equal(CacheFixture.Bytes(Piece, i), await readers[i].ReadAllAsync());
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task Trim_ProcessShortOfMemory_EvictsFromASmallCacheAndGivesBack()
    {
        await using var fixture = new CacheFixture(limit: 16 * Cost);
        for (var i = 0; i < 10; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        fixture.Load = Process(80.5, 0);
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(7 * Cost, fixture.Parts.Budget.Used);
        Assert.Equal(0, fixture.GivenBack);

        fixture.Load = Process(96, 1);
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, fixture.Cache.Pressure);
        Assert.Equal(1, fixture.GivenBack);
        Assert.Equal(0, fixture.Parts.Pool.Idle);

        // Hysteresis: between the marks critical stays critical.
        fixture.Load = Process(85, 2);
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, fixture.Cache.Pressure);
        fixture.Load = Process(79, 3);
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.High, fixture.Cache.Pressure);
        fixture.Load = Process(10, 4);
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, fixture.Cache.Pressure);
    }

    [Fact]
    public async Task Trim_BeforeTheNextCollection_CountsEvictedBytesAsFree()
    {
        await using var fixture = new CacheFixture(limit: 80 * Cost);
        for (var i = 0; i < 50; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        // The resident size does not fall without a collection.
        fixture.Load = Process(85, 1);
        for (var pass = 0; pass < 50; pass++) fixture.Trimmer.Trim(sweep: false);
        Assert.InRange(fixture.Parts.Budget.Used, 42 * Cost, 43 * Cost);
        Assert.Equal(0, fixture.GivenBack);

        fixture.Load = Process(79, 2);
        for (var pass = 0; pass < 50; pass++) fixture.Trimmer.Trim(sweep: false);
        Assert.InRange(fixture.Parts.Budget.Used, 41 * Cost, 43 * Cost);
    }

    [Theory]
    [InlineData(90, 20)]
    [InlineData(99, 5)]
    public async Task Trim_ProcessFullOfOtherThings_KeepsAUsefulCache(double used, int stay)
    {
        await using var fixture = new CacheFixture(limit: 80 * Cost);
        for (var i = 0; i < 50; i++)
        {
            await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var pass = 0; pass < 50; pass++)
        {
            // Every collection shows the same: it is not the cache that fills it.
            fixture.Load = Process(used, pass);
            fixture.Trimmer.Trim(sweep: false);
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(stay * Cost, fixture.Parts.Budget.Used);
        for (var i = 0; i < 50; i++) Assert.Equal(i >= 50 - stay, Holds(fixture, i));
        Assert.InRange(fixture.GivenBack, 0, 10);
    }

    [Fact]
    public async Task Trim_ResidentButFreeMemory_GivesBackAndEvictsNothing()
    {
        await using var fixture = new CacheFixture(limit: 80 * Cost);
        for (var i = 0; i < 50; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        fixture.Load = Process(60, 1) with { Resident = 97 * Cost };
        for (var pass = 0; pass < 50; pass++) fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(50 * Cost, fixture.Parts.Budget.Used);
        Assert.Equal(CachePressure.Normal, fixture.Cache.Pressure);
        Assert.Equal(1, fixture.GivenBack);
    }

    [Fact]
    public async Task Trim_ConnectionsHoldTooMuch_RaisesPressureAndReportsTheMissingBytes()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        for (var i = 0; i < 4; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Connections.Lend((int)(fixture.Connections.Limit * 0.96));
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, fixture.Cache.Pressure);
        Assert.Equal(4 * Cost, fixture.Parts.Budget.Used);
        Assert.InRange(fixture.Connections.Excess, 1, fixture.Connections.Limit / 5);
        fixture.Connections.TakeBack((int)(fixture.Connections.Limit * 0.9));
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, fixture.Cache.Pressure);

        var readers = new List<CacheReply>();
        for (var i = 4; i < 23; i++)
        {
            await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
            readers.Add(await fixture.OpenAsync(CacheFixture.Request($"/t{i}/seg")));
        }

        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(19 * Cost - (long)(0.78 * 20 * Cost), fixture.Connections.Missing, 1024.0);
        foreach (var reader in readers) reader.Dispose();
        fixture.Trimmer.Trim(sweep: false);
        Assert.Equal(0, fixture.Connections.Missing);
    }

    [Fact]
    public async Task Order_UnusedPrefetchAndEndedSession_AreEvictedBeforeOthers()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        for (var i = 0; i < 14; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Upstream.Answers = call => call.Answer(200, CacheFixture.Bytes(Piece));
        Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request("/ahead/seg")));
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Cache.Demote([("origin", "/t9/")], _ => false);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        await fixture.GetAsync(CacheFixture.Request("/last/seg"));
        fixture.Trimmer.Trim(sweep: false);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request("/ahead/seg").Address));
        Assert.Equal([PrefetchEnding.Wasted], fixture.PrefetchEndings);
        Assert.True(Holds(fixture, 9));

        await fixture.GetAsync(CacheFixture.Request("/last2/seg"));
        fixture.Trimmer.Trim(sweep: false);
        Assert.False(Holds(fixture, 9));
        Assert.True(Holds(fixture, 0));
    }

    [Fact]
    public async Task Order_TitleOverItsShare_IsEvictedFirst()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        for (var i = 0; i < 4; i++) await fixture.StoreAsync($"/small{i}/seg", CacheFixture.Bytes(Piece, i));
        fixture.Clock.Advance(TimeSpan.FromSeconds(40));
        for (var i = 0; i < 13; i++)
        {
            await fixture.StoreAsync($"/large/seg{i}", CacheFixture.Bytes(Piece, i));
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        fixture.Clock.Advance(TimeSpan.FromSeconds(40));
        fixture.Trimmer.Trim(sweep: false);
        for (var i = 0; i < 4; i++) Assert.True(fixture.Cache.Holds(CacheFixture.Request($"/small{i}/seg").Address));
        Assert.False(fixture.Cache.Holds(CacheFixture.Request("/large/seg0").Address));
    }

    [Fact]
    public async Task Sweep_ExpiredAndUnusedPrefetch_RemovesThem()
    {
        await using var fixture = new CacheFixture();
        using var evictions = new Evictions(fixture);
        await fixture.StoreAsync("/a/plain", [1], ("Cache-Control", "max-age=60"));
        await fixture.StoreAsync("/a/tagged", [1], ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        fixture.Upstream.Answers = call => call.Answer(200, [1]);
        Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request("/a/ahead")));
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Clock.Advance(TimeSpan.FromSeconds(61));
        fixture.Trimmer.Trim(sweep: true);
        Assert.Equal(["expired"], evictions.Reasons);
        fixture.Clock.Advance(fixture.Options.PrefetchedIdle);
        fixture.Trimmer.Trim(sweep: true);
        Assert.Equal([PrefetchEnding.Wasted], fixture.PrefetchEndings);
        fixture.Clock.Advance(fixture.Options.KeepStale);
        fixture.Trimmer.Trim(sweep: true);
        Assert.Equal(3, evictions.Reasons.Count);
        Assert.Empty(fixture.Cache.Index);
        Assert.Equal(0, fixture.Parts.Budget.Used);
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(0, true)]
    public async Task Sweep_IdleObject_IsRemovedAfterMaxIdle(int mostSeconds, bool held)
    {
        await using var fixture = new CacheFixture(o => o.MaxIdle = TimeSpan.FromSeconds(mostSeconds));
        await fixture.StoreAsync("/a/idle", [1], ("Cache-Control", "max-age=3600"));
        await fixture.StoreAsync("/a/asked", [1], ("Cache-Control", "max-age=3600"));
        await fixture.StoreAsync("/a/read", [1], ("Cache-Control", "max-age=3600"));
        using var reader = await fixture.OpenAsync(CacheFixture.Request("/a/read"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(200));
        await fixture.GetAsync(CacheFixture.Request("/a/asked"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(200));
        fixture.Trimmer.Trim(sweep: true);
        Assert.Equal(held, fixture.Cache.Holds(CacheFixture.Request("/a/idle").Address));
        Assert.True(fixture.Cache.Holds(CacheFixture.Request("/a/asked").Address));
        Assert.True(fixture.Cache.Holds(CacheFixture.Request("/a/read").Address));
    }

    [Fact]
    public async Task Purge_ByPrefix_LeavesTheRest()
    {
        await using var fixture = new CacheFixture();
        using var evictions = new Evictions(fixture);
        foreach (var path in new[] { "/a/1", "/a/2", "/b/1" }) await fixture.StoreAsync(path, [1]);
        Assert.Equal(0, fixture.Cache.Purge("other", "/"));
        Assert.Equal(2, fixture.Cache.Purge("origin", "/a/"));
        Assert.True(fixture.Cache.Holds(CacheFixture.Request("/b/1").Address));
        fixture.Cache.Invalidate(CacheFixture.Request("/b/1").Address);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request("/b/1").Address));
        Assert.Equal(["purged", "purged", "purged"], evictions.Reasons);
    }

    [Fact]
    public async Task Space_TrimmerDoesNotRun_IsNotWaitedForLong()
    {
        await using var fixture = new CacheFixture(limit: 8 * Cost);
        var readers = new List<CacheReply>();
        for (var i = 0; i < 8; i++)
        {
            await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
            readers.Add(await fixture.OpenAsync(CacheFixture.Request($"/t{i}/seg")));
        }

        var asked = new TaskCompletionSource();
        fixture.MakeSpace = _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource().Task;
        };
        var open = fixture.OpenAsync(CacheFixture.Request("/new/seg"));
        (await fixture.Upstream.NextAsync()).Answer(200, CacheFixture.Bytes(Piece));
        await asked.Task.WaitAsync(Deadline.Value);
        await Deadline.Until(() =>
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            return open.IsCompleted;
        });

        using var reply = await open;
        Assert.Equal(PassReason.NoSpace, reply.Pass);
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task Worker_Signalled_TrimsAndCompletesSpaceRequests()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        for (var i = 0; i < 19; i++) await fixture.StoreAsync($"/t{i}/seg", CacheFixture.Bytes(Piece, i));
        await fixture.Trimmer.StartAsync(default);
        await fixture.Parts.Trims.AskAsync(Cost).WaitAsync(Deadline.Value);
        Assert.True(fixture.Parts.Budget.Used <= 0.80 * 20 * Cost);
        await fixture.Trimmer.StopAsync(default);
        await fixture.Parts.Trims.AskAsync(Cost).WaitAsync(Deadline.Value);
    }

    /// <summary>A process that may use a hundred pieces.</summary>
    private static MemoryLoad Process(double pieces, long collections) => new((long)(pieces * Cost), 100 * Cost) { Collections = collections };

    private static bool Holds(CacheFixture fixture, int i) => fixture.Cache.Holds(CacheFixture.Request($"/t{i}/seg").Address);

    private sealed class Evictions : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Evictions(CacheFixture fixture)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "gateway.cache.evictions" && fixture.Metrics.Owns(instrument)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                for (var i = 0; i < count; i++) Reasons.Add((string)tags[0].Value!);
            });
            _listener.Start();
        }

        public List<string> Reasons { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
