using Gateway.Caching;
using Gateway.Caching.Eviction;

namespace Gateway.Tests.Caching.Eviction;

/// <summary>The trimmer follows the memory of the whole process, not the cache alone.</summary>
public sealed class TrimmerMemoryTests : TrimmerMeasures
{
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

    /// <summary>A process that may use a hundred pieces.</summary>
    private static MemoryLoad Process(double pieces, long collections) => new((long)(pieces * Cost), 100 * Cost) { Collections = collections };
}
