using System.Diagnostics.Metrics;
using Gateway.Caching;

namespace Gateway.Tests.Caching;

public sealed class TrimmerTests
{
    /// <summary>An object of one large block, with its overhead: 15 of them are just below a mebibyte.</summary>
    private const int Piece = BodyBlockPool.Large;

    private const int Cost = Piece + CellarEntry.Overhead;

    [Fact]
    public async Task HighMark_OldObjectsGo_LeastRecentlyUsedFirst()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        using var evictions = new Evictions(house);
        for (var i = 0; i < 16; i++)
        {
            await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
            house.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        await house.GetAsync(CellarHouse.Request("/t0/seg"));
        Assert.True(house.Rings == 0);
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, house.Cellar.Pressure);
        Assert.True(house.Parts.Budget.Used <= 0.78 * 20 * Cost);
        Assert.True(Holds(house, 0), "used again, so not the oldest");
        Assert.False(Holds(house, 1));
        Assert.True(Holds(house, 2));
        Assert.Equal(["high_pressure"], evictions.Reasons);
    }

    [Fact]
    public async Task HighMark_RetentionProtects()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        for (var i = 0; i < 17; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(house.Rings > 0);
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(17 * Cost, house.Parts.Budget.Used);
        Assert.Equal(CachePressure.High, house.Cellar.Pressure);
        Assert.Equal(CacheResult.Hit, (await house.GetAsync(CellarHouse.Request("/t0/seg"))).Result);
    }

    [Fact]
    public async Task CriticalMark_RetentionProtectsNoMore()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        using var evictions = new Evictions(house);
        for (var i = 0; i < 19; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Trimmer.Trim(sweep: false);
        Assert.True(house.Parts.Budget.Used <= 0.80 * 20 * Cost);
        Assert.All(evictions.Reasons, r => Assert.Equal("critical_pressure", r));
        Assert.Equal(CachePressure.Normal, house.Cellar.Pressure);
    }

    [Fact]
    public async Task CriticalMark_InUse_StaysAndPressureHolds()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        var readers = new List<CellarReply>();
        for (var i = 0; i < 19; i++)
        {
            await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
            readers.Add(await house.OpenAsync(CellarHouse.Request($"/t{i}/seg")));
        }

        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, house.Cellar.Pressure);
        Assert.Equal(19 * Cost, house.Parts.Budget.Used);
        for (var i = 0; i < 19; i++) Assert.Equal(CellarHouse.Bytes(Piece, i), await readers[i].ReadAllAsync());

        // Nothing is fetched ahead now.
        Assert.Null(house.Cellar.FetchAhead(CellarHouse.Request("/new")));
        foreach (var reader in readers) reader.Dispose();

        // Critical until the high mark is reached again, then normal.
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, house.Cellar.Pressure);
    }

    [Fact]
    public async Task Full_NewObjectStreamsThrough_AndTheBudgetHolds()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        var readers = new List<CellarReply>();
        for (var i = 0; i < 30; i++)
        {
            var open = house.OpenAsync(CellarHouse.Request($"/t{i}/seg"));
            (await house.Upstream.NextAsync()).Answer(200, CellarHouse.Bytes(Piece, i));
            readers.Add(await open.WaitAsync(Deadline.Value));
            Assert.True(house.Parts.Budget.Used <= 20 * Cost);
        }

        Assert.Equal(20, readers.Count(r => r.Result == CacheResult.Filled));
        Assert.Equal(10, readers.Count(r => r is { Result: CacheResult.Passed, Pass: PassReason.NoRoom }));
        for (var i = 0; i < 30; i++) Assert.Equal(CellarHouse.Bytes(Piece, i), await readers[i].ReadAllAsync());
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task ProcessShort_EvictsThoughTheCacheIsSmall_AndGivesBack()
    {
        await using var house = new CellarHouse(limit: 16 * Cost);
        for (var i = 0; i < 10; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Clock.Advance(TimeSpan.FromMinutes(1));
        house.Load = Process(80.5, 0);
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(7 * Cost, house.Parts.Budget.Used);
        Assert.Equal(0, house.GivenBack);

        house.Load = Process(96, 1);
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, house.Cellar.Pressure);
        Assert.Equal(1, house.GivenBack);
        Assert.Equal(0, house.Parts.Pool.Idle);

        // Hysteresis: between the marks critical stays critical.
        house.Load = Process(85, 2);
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, house.Cellar.Pressure);
        house.Load = Process(79, 3);
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.High, house.Cellar.Pressure);
        house.Load = Process(10, 4);
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, house.Cellar.Pressure);
    }

    [Fact]
    public async Task ProcessShort_UntilACollectionShows_WhatWasEvictedCountsAsGone()
    {
        await using var house = new CellarHouse(limit: 80 * Cost);
        for (var i = 0; i < 50; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Clock.Advance(TimeSpan.FromMinutes(1));

        // What is resident does not fall, because nobody has collected.
        house.Load = Process(85, 1);
        for (var pass = 0; pass < 50; pass++) house.Trimmer.Trim(sweep: false);
        Assert.InRange(house.Parts.Budget.Used, 42 * Cost, 43 * Cost);
        Assert.Equal(0, house.GivenBack);

        house.Load = Process(79, 2);
        for (var pass = 0; pass < 50; pass++) house.Trimmer.Trim(sweep: false);
        Assert.InRange(house.Parts.Budget.Used, 41 * Cost, 43 * Cost);
    }

    [Theory]
    [InlineData(90, 20)]
    [InlineData(99, 5)]
    public async Task ProcessFullOfOtherThings_KeepsAUsefulCache(double used, int stay)
    {
        await using var house = new CellarHouse(limit: 80 * Cost);
        for (var i = 0; i < 50; i++)
        {
            await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
            house.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        house.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var pass = 0; pass < 50; pass++)
        {
            // Every collection shows the same: it is not the cache that fills it.
            house.Load = Process(used, pass);
            house.Trimmer.Trim(sweep: false);
            house.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(stay * Cost, house.Parts.Budget.Used);
        for (var i = 0; i < 50; i++) Assert.Equal(i >= 50 - stay, Holds(house, i));
        Assert.InRange(house.GivenBack, 0, 10);
    }

    [Fact]
    public async Task ResidentButEmpty_IsGivenBack_AndNothingIsEvicted()
    {
        await using var house = new CellarHouse(limit: 80 * Cost);
        for (var i = 0; i < 50; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Clock.Advance(TimeSpan.FromMinutes(1));
        house.Load = Process(60, 1) with { Resident = 97 * Cost };
        for (var pass = 0; pass < 50; pass++) house.Trimmer.Trim(sweep: false);
        Assert.Equal(50 * Cost, house.Parts.Budget.Used);
        Assert.Equal(CachePressure.Normal, house.Cellar.Pressure);
        Assert.Equal(1, house.GivenBack);
    }

    [Fact]
    public async Task Connections_FullOfWhatNobodyTakes_ArePressure_AndLearnWhatIsMissing()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        for (var i = 0; i < 4; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Connections.Lend((int)(house.Connections.Limit * 0.96));
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Critical, house.Cellar.Pressure);
        Assert.Equal(4 * Cost, house.Parts.Budget.Used);
        Assert.InRange(house.Connections.Excess, 1, house.Connections.Limit / 5);
        house.Connections.TakeBack((int)(house.Connections.Limit * 0.9));
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(CachePressure.Normal, house.Cellar.Pressure);

        var readers = new List<CellarReply>();
        for (var i = 4; i < 23; i++)
        {
            await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
            readers.Add(await house.OpenAsync(CellarHouse.Request($"/t{i}/seg")));
        }

        house.Clock.Advance(TimeSpan.FromMinutes(1));
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(19 * Cost - (long)(0.78 * 20 * Cost), house.Connections.Missing, 1024.0);
        foreach (var reader in readers) reader.Dispose();
        house.Trimmer.Trim(sweep: false);
        Assert.Equal(0, house.Connections.Missing);
    }

    [Fact]
    public async Task Order_NeverAskedThenEndedThenOrdinary()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        for (var i = 0; i < 14; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Upstream.Answers = call => call.Answer(200, CellarHouse.Bytes(Piece));
        Assert.NotNull(house.Cellar.FetchAhead(CellarHouse.Request("/ahead/seg")));
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        house.Cellar.Demote([("origin", "/t9/")], _ => false);
        house.Clock.Advance(TimeSpan.FromMinutes(1));

        await house.GetAsync(CellarHouse.Request("/last/seg"));
        house.Trimmer.Trim(sweep: false);
        Assert.False(house.Cellar.Holds(CellarHouse.Request("/ahead/seg").Address));
        Assert.Equal([PrefetchEnding.Wasted], house.AheadEndings);
        Assert.True(Holds(house, 9));

        await house.GetAsync(CellarHouse.Request("/last2/seg"));
        house.Trimmer.Trim(sweep: false);
        Assert.False(Holds(house, 9));
        Assert.True(Holds(house, 0));
    }

    [Fact]
    public async Task Title_OverItsShare_GivesFirst()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        for (var i = 0; i < 4; i++) await house.StoreAsync($"/small{i}/seg", CellarHouse.Bytes(Piece, i));
        house.Clock.Advance(TimeSpan.FromSeconds(40));
        for (var i = 0; i < 13; i++)
        {
            await house.StoreAsync($"/large/seg{i}", CellarHouse.Bytes(Piece, i));
            house.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        house.Clock.Advance(TimeSpan.FromSeconds(40));
        house.Trimmer.Trim(sweep: false);
        for (var i = 0; i < 4; i++) Assert.True(house.Cellar.Holds(CellarHouse.Request($"/small{i}/seg").Address));
        Assert.False(house.Cellar.Holds(CellarHouse.Request("/large/seg0").Address));
    }

    [Fact]
    public async Task Sweep_ExpiredAndNeverAskedGo()
    {
        await using var house = new CellarHouse();
        using var evictions = new Evictions(house);
        await house.StoreAsync("/a/plain", [1], ("Cache-Control", "max-age=60"));
        await house.StoreAsync("/a/tagged", [1], ("Cache-Control", "max-age=60"), ("ETag", "\"a\""));
        house.Upstream.Answers = call => call.Answer(200, [1]);
        Assert.NotNull(house.Cellar.FetchAhead(CellarHouse.Request("/a/ahead")));
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        house.Clock.Advance(TimeSpan.FromSeconds(61));
        house.Trimmer.Trim(sweep: true);
        Assert.Equal(["expired"], evictions.Reasons);
        house.Clock.Advance(house.Options.PrefetchedIdle);
        house.Trimmer.Trim(sweep: true);
        Assert.Equal([PrefetchEnding.Wasted], house.AheadEndings);
        house.Clock.Advance(house.Options.KeepStale);
        house.Trimmer.Trim(sweep: true);
        Assert.Equal(3, evictions.Reasons.Count);
        Assert.Empty(house.Cellar.Index);
        Assert.Equal(0, house.Parts.Budget.Used);
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(0, true)]
    public async Task Sweep_WhatNobodyAskedForLong_GoesWhereThatIsWanted(int mostSeconds, bool held)
    {
        await using var house = new CellarHouse(o => o.MaxIdle = TimeSpan.FromSeconds(mostSeconds));
        await house.StoreAsync("/a/idle", [1], ("Cache-Control", "max-age=3600"));
        await house.StoreAsync("/a/asked", [1], ("Cache-Control", "max-age=3600"));
        await house.StoreAsync("/a/read", [1], ("Cache-Control", "max-age=3600"));
        using var reader = await house.OpenAsync(CellarHouse.Request("/a/read"));
        house.Clock.Advance(TimeSpan.FromSeconds(200));
        await house.GetAsync(CellarHouse.Request("/a/asked"));
        house.Clock.Advance(TimeSpan.FromSeconds(200));
        house.Trimmer.Trim(sweep: true);
        Assert.Equal(held, house.Cellar.Holds(CellarHouse.Request("/a/idle").Address));
        Assert.True(house.Cellar.Holds(CellarHouse.Request("/a/asked").Address));
        Assert.True(house.Cellar.Holds(CellarHouse.Request("/a/read").Address));
    }

    [Fact]
    public async Task Purge_ByPrefix_LeavesTheRest()
    {
        await using var house = new CellarHouse();
        using var evictions = new Evictions(house);
        foreach (var path in new[] { "/a/1", "/a/2", "/b/1" }) await house.StoreAsync(path, [1]);
        Assert.Equal(0, house.Cellar.Purge("other", "/"));
        Assert.Equal(2, house.Cellar.Purge("origin", "/a/"));
        Assert.True(house.Cellar.Holds(CellarHouse.Request("/b/1").Address));
        house.Cellar.Invalidate(CellarHouse.Request("/b/1").Address);
        Assert.False(house.Cellar.Holds(CellarHouse.Request("/b/1").Address));
        Assert.Equal(["purged", "purged", "purged"], evictions.Reasons);
    }

    [Fact]
    public async Task Room_NobodyMakesIt_IsNotWaitedForLong()
    {
        await using var house = new CellarHouse(limit: 8 * Cost);
        var readers = new List<CellarReply>();
        for (var i = 0; i < 8; i++)
        {
            await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
            readers.Add(await house.OpenAsync(CellarHouse.Request($"/t{i}/seg")));
        }

        var asked = new TaskCompletionSource();
        house.MakeRoom = _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource().Task;
        };
        var open = house.OpenAsync(CellarHouse.Request("/new/seg"));
        (await house.Upstream.NextAsync()).Answer(200, CellarHouse.Bytes(Piece));
        await asked.Task.WaitAsync(Deadline.Value);
        await Deadline.Until(() =>
        {
            house.Clock.Advance(TimeSpan.FromSeconds(1));
            return open.IsCompleted;
        });

        using var reply = await open;
        Assert.Equal(PassReason.NoRoom, reply.Pass);
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task Worker_TrimsWhenRungAndAnswersWhoWaitsForRoom()
    {
        await using var house = new CellarHouse(limit: 20 * Cost);
        for (var i = 0; i < 19; i++) await house.StoreAsync($"/t{i}/seg", CellarHouse.Bytes(Piece, i));
        await house.Trimmer.StartAsync(default);
        await house.Parts.Trims.AskAsync(Cost).WaitAsync(Deadline.Value);
        Assert.True(house.Parts.Budget.Used <= 0.80 * 20 * Cost);
        await house.Trimmer.StopAsync(default);
        await house.Parts.Trims.AskAsync(Cost).WaitAsync(Deadline.Value);
    }

    /// <summary>A process that may use a hundred pieces.</summary>
    private static MemoryLoad Process(double pieces, long collections) => new((long)(pieces * Cost), 100 * Cost) { Collections = collections };

    private static bool Holds(CellarHouse house, int i) => house.Cellar.Holds(CellarHouse.Request($"/t{i}/seg").Address);

    private sealed class Evictions : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Evictions(CellarHouse house)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "gateway.cache.evictions" && house.Metrics.Owns(instrument)) listener.EnableMeasurementEvents(instrument);
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
