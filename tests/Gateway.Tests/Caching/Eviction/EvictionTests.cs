using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Eviction;

public sealed class EvictionTests
{
    private const int Piece = BodyBlockPool.Small;

    private const int Cost = Piece + CacheEntry.Overhead;

    /// <summary>More objects than one look at the order takes, and all but a few of them used again since they came.</summary>
    [Fact]
    public async Task Eviction_MostObjectsUsedAgain_StillFindsTheUnusedOnes()
    {
        const int objects = 10_000;
        await using var fixture = new CacheFixture(limit: (long)(objects / 0.79) * Cost);
        fixture.Upstream.Answers = call => call.Answer(200, new byte[Piece]);
        for (var i = 0; i < objects; i++) await fixture.GetAsync(CacheFixture.Request($"/t{i}/seg"));
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < objects; i++)
        {
            if (i % 100 != 99) await fixture.GetAsync(CacheFixture.Request($"/t{i}/seg"));
        }

        var asked = fixture.Upstream.Count;
        var free = fixture.Parts.Budget.Limit - fixture.Parts.Budget.Used;
        var made = fixture.Parts.Trims.AskAsync(free + 50 * Cost);
        fixture.Trimmer.Trim(sweep: false);
        await made.WaitAsync(Deadline.Value);
        Assert.Equal(asked, fixture.Upstream.Count);
        var gone = Enumerable.Range(0, objects).Where(i => !fixture.Cache.Holds(CacheFixture.Request($"/t{i}/seg").Address)).ToArray();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * 100 + 99), gone);
    }

    /// <summary>What is read is used after it was put in: each slice of a film has its second turn before it goes, and that must not cost the others theirs.</summary>
    [Fact]
    public async Task Eviction_TitleOverItsShareUsedAgain_StillGoesBeforeTheOthers()
    {
        await using var fixture = new CacheFixture(limit: 20 * Cost);
        fixture.Upstream.Answers = call => call.Answer(200, new byte[Piece]);
        for (var i = 0; i < 4; i++) await fixture.GetAsync(CacheFixture.Request($"/small{i}/seg"));
        for (var round = 0; round < 2; round++)
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            for (var i = 0; i < 13; i++) await fixture.GetAsync(CacheFixture.Request($"/large/seg{i}"));
        }

        await fixture.FetchesEndedAsync();
        fixture.Clock.Advance(TimeSpan.FromSeconds(40));
        fixture.Trimmer.Trim(sweep: false);
        for (var i = 0; i < 4; i++) Assert.True(fixture.Cache.Holds(CacheFixture.Request($"/small{i}/seg").Address));
        Assert.False(fixture.Cache.Holds(CacheFixture.Request("/large/seg0").Address));
    }

    /// <summary>One look takes a number of steps, and all of them lead past titles within their share.</summary>
    [Fact]
    public async Task Eviction_TitleOverItsShareBehindVeryManyOthers_StillMakesSpace()
    {
        const int others = 5000;
        const int ofTheLarge = 2000;
        await using var fixture = new CacheFixture(o => o.TitleShare = 0.1, (long)((others + ofTheLarge) / 0.79) * Cost);
        fixture.Upstream.Answers = call => call.Answer(200, new byte[Piece]);
        for (var i = 0; i < others; i++) await fixture.GetAsync(CacheFixture.Request($"/t{i}/seg"));
        for (var i = 0; i < ofTheLarge; i++) await fixture.GetAsync(CacheFixture.Request($"/large/seg{i}"));
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        var wanted = fixture.Parts.Budget.Limit - fixture.Parts.Budget.Used + (50 * Cost);
        var made = fixture.Parts.Trims.AskAsync(wanted);
        fixture.Trimmer.Trim(sweep: false);
        await made.WaitAsync(Deadline.Value);
        Assert.True(fixture.Parts.Budget.Limit - fixture.Parts.Budget.Used >= wanted);
    }

    [Fact]
    public async Task Invalidate_AddressWithPartitions_RemovesThemAndNothingElse()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(200, [1]);
        foreach (var path in new[] { "/a/file", "/a/file2", "/b/file" })
        {
            foreach (var partition in new[] { string.Empty, "one", "two" })
                await fixture.GetAsync(new CacheRequest { Address = CacheFixture.Request(path).Address, Rules = CacheFixture.Segments, Partition = partition });
        }

        await fixture.FetchesEndedAsync();
        await fixture.Cache.InvalidateAsync(CacheFixture.Request("/a/file").Address);
        await fixture.Cache.InvalidateAsync(CacheFixture.Request("/b/file").Address, "one");
        Assert.Equal(
            ["/a/file2 ", "/a/file2 one", "/a/file2 two", "/b/file ", "/b/file two"],
            fixture.Cache.Index.SelectMany(s => s.Entries).Select(e => $"{e.Key.Address.Path} {e.Key.Partition}").Order(StringComparer.Ordinal));
        Assert.Equal(3, fixture.Cache.Purge(null, "/a/f").Removed);
        Assert.Equal(2, fixture.Cache.Purge("origin", "/").Removed);
        Assert.Empty(fixture.Cache.Index);
    }

    [Fact]
    public async Task Look_UnusedObjects_TakesABoundedNumberOldestFirst()
    {
        const int objects = 100;
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(200, [1]);
        for (var i = 0; i < objects; i++)
        {
            await fixture.GetAsync(CacheFixture.Request($"/t/{i}"));
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        // To look after an entry is not to use it.
        var order = fixture.Cache.Index.Order;
        foreach (var entry in fixture.Cache.Index.SelectMany(s => s.Entries).OrderByDescending(e => e.LastUsed)) order.Refresh(entry);
        var victims = new List<EvictionPlace>();
        long missing = 1;
        Assert.True(order.Take(victims, ref missing, fixture.Parts.Now, fixture.Parts.Now));
        Assert.Equal("/t/0", Assert.Single(victims).Entry.Key.Address.Path);
        missing = long.MaxValue;
        order.Take(victims, ref missing, fixture.Parts.Now, fixture.Parts.Now);
        Assert.Equal(Enumerable.Range(0, 64).Select(i => $"/t/{i}"), victims.Select(v => v.Entry.Key.Address.Path));
    }
}
