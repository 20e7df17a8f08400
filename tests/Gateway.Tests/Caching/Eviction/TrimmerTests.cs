using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;

namespace Gateway.Tests.Caching.Eviction;

public sealed class TrimmerTests : TrimmerMeasures
{
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
}
