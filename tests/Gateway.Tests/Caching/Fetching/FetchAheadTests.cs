using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Fetching;

public sealed class FetchAheadTests
{
    [Fact]
    public async Task Demand_FirstAndLater_AreFromBufferThenCache()
    {
        await using var fixture = new CacheFixture();
        Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request()));
        (await fixture.Upstream.NextAsync()).Answer(200, [1, 2]);
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.True(fixture.Cache.Holds(CacheFixture.Request().Address));
        Assert.Null(fixture.Cache.FetchAhead(CacheFixture.Request()));

        using var first = await fixture.OpenAsync(CacheFixture.Request());
        Assert.True(first.WasPrefetched);
        using var second = await fixture.OpenAsync(CacheFixture.Request());
        Assert.False(second.WasPrefetched);
        Assert.Equal([PrefetchEnding.Used], fixture.PrefetchEndings);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Demand_PrefetchUnderWay_ReadsAlongFromTheBuffer(bool headIsIn)
    {
        await using var fixture = new CacheFixture();
        _ = fixture.Cache.FetchAhead(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        if (headIsIn)
        {
            call.Head(200, 4).Send(1, 2);
            await Deadline.Until(() => fixture.Cache.Index.Single().Entries.Length == 1);
        }

        var open = fixture.OpenAsync(CacheFixture.Request());
        if (!headIsIn) call.Head(200, 4).Send(1, 2);
        var reply = await open.WaitAsync(Deadline.Value);
        Assert.True(reply.WasPrefetched);
        Assert.Equal(CacheResult.Joined, reply.Result);
        Assert.Equal([1, 2], await reply.ReadUpToAsync(2));

        // The demand leaves; the prefetch is finished all the same.
        reply.Dispose();
        call.Send(3, 4).End();
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.Equal([1, 2, 3, 4], (await fixture.GetAsync(CacheFixture.Request())).Body);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Prefetcher_ReadsAlong_IsNoDemand()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(200, [1, 2]);
        var ahead = new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, Purpose = FetchPurpose.Prefetch };
        using (var reply = await fixture.OpenAsync(ahead))
        {
            Assert.False(reply.WasPrefetched);
            Assert.Equal([1, 2], await reply.ReadAllAsync());
        }

        using (var again = await fixture.OpenAsync(ahead)) Assert.False(again.WasPrefetched);
        using var demand = await fixture.OpenAsync(CacheFixture.Request());
        Assert.True(demand.WasPrefetched);
        Assert.Equal([PrefetchEnding.Used], fixture.PrefetchEndings);
    }

    [Fact]
    public async Task Prefetcher_Leaves_FetchGoesOnForTheDemandThatJoined()
    {
        await using var fixture = new CacheFixture(o => o.LingerTime = TimeSpan.Zero);
        var ahead = new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, Purpose = FetchPurpose.Prefetch };
        var opening = fixture.OpenAsync(ahead);
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, 1000).Send(1);
        var prefetcher = await opening.WaitAsync(Deadline.Value);
        using var demand = await fixture.OpenAsync(CacheFixture.Request());
        Assert.True(demand.WasPrefetched);
        prefetcher.Dispose();
        Assert.False(call.Cancellation.IsCancellationRequested);
        demand.Dispose();
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task Prefetch_Failure_IsReportedOnce()
    {
        await using var fixture = new CacheFixture();
        _ = fixture.Cache.FetchAhead(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await Deadline.Until(() => fixture.PrefetchEndings.Count > 0);
        Assert.Equal([PrefetchEnding.Failed], fixture.PrefetchEndings);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
    }

    [Fact]
    public async Task Prefetch_NotCacheable_IsGivenUp()
    {
        await using var fixture = new CacheFixture();
        _ = fixture.Cache.FetchAhead(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, 1000, ("Cache-Control", "no-store")).Send(1);
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && fixture.Cache.Statistics().Fetches == 0);
        Assert.Equal([PrefetchEnding.Failed], fixture.PrefetchEndings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abandon_WithoutReaders_GivesTheFetchUp(bool headIsIn)
    {
        await using var fixture = new CacheFixture();
        var ahead = fixture.Cache.FetchAhead(CacheFixture.Request())!;
        var call = await fixture.Upstream.NextAsync();
        if (headIsIn)
        {
            call.Head(200, 1000).Send(1);
            await Deadline.Until(() => fixture.Cache.Index.Single().Entries.Length == 1);
        }

        ahead.Abandon(PrefetchEnding.GivenUp);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.True(call.Cancellation.IsCancellationRequested);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
        Assert.Equal([PrefetchEnding.GivenUp], fixture.PrefetchEndings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abandon_WithADemandThatJoined_LetsTheFetchGoOn(bool headIsIn)
    {
        await using var fixture = new CacheFixture();
        var ahead = fixture.Cache.FetchAhead(CacheFixture.Request())!;
        var call = await fixture.Upstream.NextAsync();
        if (headIsIn) call.Head(200, 3).Send(1);
        var open = fixture.OpenAsync(CacheFixture.Request());
        ahead.Abandon(PrefetchEnding.GivenUp);
        if (!headIsIn) call.Head(200, 3).Send(1);
        using var reply = await open.WaitAsync(Deadline.Value);
        call.Send(2, 3).End();
        Assert.Equal([1, 2, 3], await reply.ReadAllAsync());
        Assert.True(reply.WasPrefetched);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([PrefetchEnding.Used], fixture.PrefetchEndings);
    }

    [Fact]
    public async Task Abandon_WithMostOfItIn_LetsTheFetchFinish()
    {
        await using var fixture = new CacheFixture();
        var ahead = fixture.Cache.FetchAhead(CacheFixture.Request())!;
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, 3).Send(1, 2);
        await Deadline.Until(() => call.Taken == 2);
        // Taken by the fetch is a moment before landed.
        await Deadline.Until(() => fixture.Cache.Index.Single().Entries is [{ Body.Available: 2 }]);
        ahead.Abandon(PrefetchEnding.GivenUp);
        call.Send(3).End();
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([1, 2, 3], (await fixture.GetAsync(CacheFixture.Request())).Body);
        Assert.Equal([PrefetchEnding.Used], fixture.PrefetchEndings);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(416)]
    [InlineData(500)]
    public async Task Prefetch_ErrorStatus_FailsAndIsNotStored(int status)
    {
        await using var fixture = new CacheFixture();
        var ahead = fixture.Cache.FetchAhead(CacheFixture.Request())!;
        (await fixture.Upstream.NextAsync()).Answer(status, []);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([PrefetchEnding.Failed], fixture.PrefetchEndings);

        // The object has appeared meanwhile, and all its requests share it.
        var first = fixture.OpenAsync(CacheFixture.Request());
        var second = fixture.OpenAsync(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Answer(200, [1]);
        using var one = await first.WaitAsync(Deadline.Value);
        using var other = await second.WaitAsync(Deadline.Value);
        Assert.Equal([1], await one.ReadAllAsync());
        Assert.Equal([1], await other.ReadAllAsync());
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Abandon_DuringTheLastRead_GivesTheFetchUp()
    {
        await using var fixture = new CacheFixture();
        var ahead = fixture.Cache.FetchAhead(CacheFixture.Request())!;
        var call = await fixture.Upstream.NextAsync();
        call.WhileReading(() => ahead.Abandon(PrefetchEnding.GivenUp)).Answer(200, [1, 2, 3]);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([PrefetchEnding.GivenUp], fixture.PrefetchEndings);
        Assert.Equal(0, fixture.Cache.UnusedBytes);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
    }

    [Fact]
    public async Task UnusedBytes_ConfirmedTwiceAtOnce_AreCountedOnce()
    {
        await using var fixture = new CacheFixture();
        _ = fixture.Cache.FetchAhead(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Answer(200, new byte[1000], ("Cache-Control", "max-age=10"), ("ETag", "\"a\""));
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Clock.Advance(TimeSpan.FromSeconds(11));

        // A HEAD and the prefetcher both revalidate it; both get the same.
        var known = fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, HeadOnly = true });
        var head = await fixture.Upstream.NextAsync();
        var ahead = fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, Purpose = FetchPurpose.Prefetch });
        var get = await fixture.Upstream.NextAsync();
        head.Head(200, 1000, ("Cache-Control", "max-age=10"), ("ETag", "\"a\"")).End();
        (await known.WaitAsync(Deadline.Value)).Dispose();
        get.Head(304, 0, ("ETag", "\"a\"")).End();
        (await ahead.WaitAsync(Deadline.Value)).Dispose();
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);

        await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal([PrefetchEnding.Used], fixture.PrefetchEndings);
        Assert.Equal(0, fixture.Cache.UnusedBytes);
    }

    [Fact]
    public async Task UnusedBytes_PrefetchWithoutDemand_AreCounted()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(200, new byte[1000]);
        foreach (var path in new[] { "/a/1", "/a/2", "/a/3" }) await fixture.Cache.FetchAhead(CacheFixture.Request(path))!.Over.WaitAsync(Deadline.Value);
        Assert.Equal(3000, fixture.Cache.UnusedBytes);
        await fixture.GetAsync(CacheFixture.Request("/a/1"));
        await fixture.GetAsync(CacheFixture.Request("/a/1"));
        Assert.Equal(2000, fixture.Cache.UnusedBytes);
        fixture.Cache.Purge(null, "/a/2");
        Assert.Equal(1000, fixture.Cache.UnusedBytes);
        Assert.Equal([PrefetchEnding.Used, PrefetchEnding.Wasted], fixture.PrefetchEndings);
    }
}
