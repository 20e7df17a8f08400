using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

public sealed class FetchAheadTests
{
    [Fact]
    public async Task FirstDemand_IsFromTheBuffer_LaterOnesFromTheCache()
    {
        await using var house = new CellarHouse();
        Assert.NotNull(house.Cellar.FetchAhead(CellarHouse.Request()));
        (await house.Upstream.NextAsync()).Answer(200, [1, 2]);
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        Assert.True(house.Cellar.Holds(CellarHouse.Request().Address));
        Assert.Null(house.Cellar.FetchAhead(CellarHouse.Request()));

        using var first = await house.OpenAsync(CellarHouse.Request());
        Assert.True(first.WasPrefetched);
        using var second = await house.OpenAsync(CellarHouse.Request());
        Assert.False(second.WasPrefetched);
        Assert.Equal([PrefetchEnding.Used], house.AheadEndings);
        Assert.Equal(1, house.Upstream.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FirstDemand_WhileStillUnderWay_ReadsAlongFromTheBuffer(bool headIsIn)
    {
        await using var house = new CellarHouse();
        _ = house.Cellar.FetchAhead(CellarHouse.Request());
        var call = await house.Upstream.NextAsync();
        if (headIsIn)
        {
            call.Head(200, 4).Send(1, 2);
            await Deadline.Until(() => house.Cellar.Index.Single().Entries.Length == 1);
        }

        var open = house.OpenAsync(CellarHouse.Request());
        if (!headIsIn) call.Head(200, 4).Send(1, 2);
        var reply = await open.WaitAsync(Deadline.Value);
        Assert.True(reply.WasPrefetched);
        Assert.Equal(CacheResult.Joined, reply.Result);
        Assert.Equal([1, 2], await reply.ReadUpToAsync(2));

        // The demand leaves; what was fetched ahead is finished all the same.
        reply.Dispose();
        call.Send(3, 4).End();
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        Assert.Equal([1, 2, 3, 4], (await house.GetAsync(CellarHouse.Request())).Body);
        Assert.Equal(1, house.Upstream.Count);
    }

    [Fact]
    public async Task ReadAlongByWhoFetchesAhead_IsNoDemand()
    {
        await using var house = new CellarHouse();
        house.Upstream.Answers = call => call.Answer(200, [1, 2]);
        var ahead = new MediaRequest { Address = CellarHouse.Request().Address, Rules = CellarHouse.Segments, Purpose = FetchPurpose.Prefetch };
        using (var reply = await house.OpenAsync(ahead))
        {
            Assert.False(reply.WasPrefetched);
            Assert.Equal([1, 2], await reply.ReadAllAsync());
        }

        using (var again = await house.OpenAsync(ahead)) Assert.False(again.WasPrefetched);
        using var demand = await house.OpenAsync(CellarHouse.Request());
        Assert.True(demand.WasPrefetched);
        Assert.Equal([PrefetchEnding.Used], house.AheadEndings);
    }

    [Fact]
    public async Task WhoFetchesAhead_Leaves_FetchGoesOnForTheDemandThatJoined()
    {
        await using var house = new CellarHouse(o => o.LingerTime = TimeSpan.Zero);
        var ahead = new MediaRequest { Address = CellarHouse.Request().Address, Rules = CellarHouse.Segments, Purpose = FetchPurpose.Prefetch };
        var opening = house.OpenAsync(ahead);
        var call = await house.Upstream.NextAsync();
        call.Head(200, 1000).Send(1);
        var prefetcher = await opening.WaitAsync(Deadline.Value);
        using var demand = await house.OpenAsync(CellarHouse.Request());
        Assert.True(demand.WasPrefetched);
        prefetcher.Dispose();
        Assert.False(call.Cancellation.IsCancellationRequested);
        demand.Dispose();
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task Failure_IsToldOnce()
    {
        await using var house = new CellarHouse();
        _ = house.Cellar.FetchAhead(CellarHouse.Request());
        (await house.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await Deadline.Until(() => house.AheadEndings.Count > 0);
        Assert.Equal([PrefetchEnding.Failed], house.AheadEndings);
        Assert.False(house.Cellar.Holds(CellarHouse.Request().Address));
    }

    [Fact]
    public async Task NotCacheable_IsGivenUp()
    {
        await using var house = new CellarHouse();
        _ = house.Cellar.FetchAhead(CellarHouse.Request());
        var call = await house.Upstream.NextAsync();
        call.Head(200, 1000, ("Cache-Control", "no-store")).Send(1);
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && house.Cellar.Statistics().Fetches == 0);
        Assert.Equal([PrefetchEnding.Failed], house.AheadEndings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abandoned_WithNobodyElse_IsGivenUp(bool headIsIn)
    {
        await using var house = new CellarHouse();
        var ahead = house.Cellar.FetchAhead(CellarHouse.Request())!;
        var call = await house.Upstream.NextAsync();
        if (headIsIn)
        {
            call.Head(200, 1000).Send(1);
            await Deadline.Until(() => house.Cellar.Index.Single().Entries.Length == 1);
        }

        ahead.Abandon(PrefetchEnding.GivenUp);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.True(call.Cancellation.IsCancellationRequested);
        Assert.False(house.Cellar.Holds(CellarHouse.Request().Address));
        Assert.Equal([PrefetchEnding.GivenUp], house.AheadEndings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abandoned_WithADemandThatJoined_GoesOn(bool headIsIn)
    {
        await using var house = new CellarHouse();
        var ahead = house.Cellar.FetchAhead(CellarHouse.Request())!;
        var call = await house.Upstream.NextAsync();
        if (headIsIn) call.Head(200, 3).Send(1);
        var open = house.OpenAsync(CellarHouse.Request());
        ahead.Abandon(PrefetchEnding.GivenUp);
        if (!headIsIn) call.Head(200, 3).Send(1);
        using var reply = await open.WaitAsync(Deadline.Value);
        call.Send(2, 3).End();
        Assert.Equal([1, 2, 3], await reply.ReadAllAsync());
        Assert.True(reply.WasPrefetched);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([PrefetchEnding.Used], house.AheadEndings);
    }

    [Fact]
    public async Task Abandoned_WithMostOfItIn_IsFinished()
    {
        await using var house = new CellarHouse();
        var ahead = house.Cellar.FetchAhead(CellarHouse.Request())!;
        var call = await house.Upstream.NextAsync();
        call.Head(200, 3).Send(1, 2);
        await Deadline.Until(() => call.Taken == 2);
        // Taken by the fetch is a moment before landed.
        await Deadline.Until(() => house.Cellar.Index.Single().Entries is [{ Body.Available: 2 }]);
        ahead.Abandon(PrefetchEnding.GivenUp);
        call.Send(3).End();
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([1, 2, 3], (await house.GetAsync(CellarHouse.Request())).Body);
        Assert.Equal([PrefetchEnding.Used], house.AheadEndings);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(416)]
    [InlineData(500)]
    public async Task Refused_IsFailedAndNotHeldAgainstTheDemand(int status)
    {
        await using var house = new CellarHouse();
        var ahead = house.Cellar.FetchAhead(CellarHouse.Request())!;
        (await house.Upstream.NextAsync()).Answer(status, []);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([PrefetchEnding.Failed], house.AheadEndings);

        // It has appeared meanwhile, and is shared by all who ask for it.
        var first = house.OpenAsync(CellarHouse.Request());
        var second = house.OpenAsync(CellarHouse.Request());
        (await house.Upstream.NextAsync()).Answer(200, [1]);
        using var one = await first.WaitAsync(Deadline.Value);
        using var other = await second.WaitAsync(Deadline.Value);
        Assert.Equal([1], await one.ReadAllAsync());
        Assert.Equal([1], await other.ReadAllAsync());
        Assert.Equal(2, house.Upstream.Count);
    }

    [Fact]
    public async Task Abandoned_InItsLastRead_IsGivenUpAllTheSame()
    {
        await using var house = new CellarHouse();
        var ahead = house.Cellar.FetchAhead(CellarHouse.Request())!;
        var call = await house.Upstream.NextAsync();
        call.WhileReading(() => ahead.Abandon(PrefetchEnding.GivenUp)).Answer(200, [1, 2, 3]);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.Equal([PrefetchEnding.GivenUp], house.AheadEndings);
        Assert.Equal(0, house.Cellar.UnusedBytes);
        Assert.False(house.Cellar.Holds(CellarHouse.Request().Address));
    }

    [Fact]
    public async Task UnusedBytes_ConfirmedTwiceAtOnce_AreCountedOnce()
    {
        await using var house = new CellarHouse();
        _ = house.Cellar.FetchAhead(CellarHouse.Request());
        (await house.Upstream.NextAsync()).Answer(200, new byte[1000], ("Cache-Control", "max-age=10"), ("ETag", "\"a\""));
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        house.Clock.Advance(TimeSpan.FromSeconds(11));

        // A HEAD asks, and who fetches ahead has it confirmed; both are told the same.
        var known = house.OpenAsync(new MediaRequest { Address = CellarHouse.Request().Address, Rules = CellarHouse.Segments, HeadOnly = true });
        var head = await house.Upstream.NextAsync();
        var ahead = house.OpenAsync(new MediaRequest { Address = CellarHouse.Request().Address, Rules = CellarHouse.Segments, Purpose = FetchPurpose.Prefetch });
        var get = await house.Upstream.NextAsync();
        head.Head(200, 1000, ("Cache-Control", "max-age=10"), ("ETag", "\"a\"")).End();
        (await known.WaitAsync(Deadline.Value)).Dispose();
        get.Head(304, 0, ("ETag", "\"a\"")).End();
        (await ahead.WaitAsync(Deadline.Value)).Dispose();
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);

        await house.GetAsync(CellarHouse.Request());
        Assert.Equal([PrefetchEnding.Used], house.AheadEndings);
        Assert.Equal(0, house.Cellar.UnusedBytes);
    }

    [Fact]
    public async Task UnusedBytes_CountWhatNobodyAskedForSoFar()
    {
        await using var house = new CellarHouse();
        house.Upstream.Answers = call => call.Answer(200, new byte[1000]);
        foreach (var path in new[] { "/a/1", "/a/2", "/a/3" }) await house.Cellar.FetchAhead(CellarHouse.Request(path))!.Over.WaitAsync(Deadline.Value);
        Assert.Equal(3000, house.Cellar.UnusedBytes);
        await house.GetAsync(CellarHouse.Request("/a/1"));
        await house.GetAsync(CellarHouse.Request("/a/1"));
        Assert.Equal(2000, house.Cellar.UnusedBytes);
        house.Cellar.Purge(null, "/a/2");
        Assert.Equal(1000, house.Cellar.UnusedBytes);
        Assert.Equal([PrefetchEnding.Used, PrefetchEnding.Wasted], house.AheadEndings);
    }
}
