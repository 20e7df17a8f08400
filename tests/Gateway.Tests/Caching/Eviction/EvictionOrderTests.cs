using Gateway.Caching.Fetching;

namespace Gateway.Tests.Caching.Eviction;

/// <summary>What is evicted before what, and what is removed without pressure.</summary>
public sealed class EvictionOrderTests : TrimmerMeasures
{
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
        Assert.Equal(0, fixture.Cache.Purge("other", "/").Removed);
        Assert.Equal(2, fixture.Cache.Purge("origin", "/a/").Removed);
        Assert.True(fixture.Cache.Holds(CacheFixture.Request("/b/1").Address));
        await fixture.Cache.InvalidateAsync(CacheFixture.Request("/b/1").Address);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request("/b/1").Address));
        Assert.Equal(["purged", "purged", "purged"], evictions.Reasons);
    }
}
