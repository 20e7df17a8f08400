using Gateway.Caching;

namespace Gateway.Tests.Caching;

public sealed class LingeringTests
{
    private static readonly byte[] Body = CellarHouse.Bytes(200_000);
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Player_LosesPatience_ItsRetryJoins_OneUpstreamRequest()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house);

        house.Clock.Advance(house.Options.LingerTime - Instant);
        var retry = house.OpenAsync(CellarHouse.Request());
        house.Clock.Advance(house.Options.LingerTime * 3);
        Assert.False(call.Cancellation.IsCancellationRequested);
        call.Answer(200, Body);
        using var reply = await retry.WaitAsync(Deadline.Value);
        Assert.Equal(CacheResult.Joined, reply.Result);
        Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.Equal(1, house.Upstream.Count);
    }

    [Fact]
    public async Task Player_LosesPatienceAgainAndAgain_OneUpstreamRequest()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house);
        for (var retry = 0; retry < 5; retry++)
        {
            using var leaving = new CancellationTokenSource();
            var open = house.OpenAsync(CellarHouse.Request(), leaving.Token);
            house.Clock.Advance(house.Options.LingerTime - Instant);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        }

        call.Answer(200, Body);
        Assert.Equal(Body, (await house.GetAsync(CellarHouse.Request())).Body);
        Assert.Equal(1, house.Upstream.Count);
    }

    [Fact]
    public async Task Nobody_ComesBack_ItIsCancelledAtTheBound()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house);
        house.Clock.Advance(house.Options.LingerTime - Instant);
        Assert.False(call.Cancellation.IsCancellationRequested);
        house.Clock.Advance(Instant);
        await GoneAsync(house, call);

        // The next one starts anew.
        await house.StoreAsync("/a/seg1", Body);
        Assert.Equal(2, house.Upstream.Count);
    }

    [Fact]
    public async Task Nobody_ComesBack_TheAnswerInTimeIsKept()
    {
        await using var house = new CellarHouse();
        (await LeaveAsync(house)).Answer(200, Body);
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        var (result, body) = await house.GetAsync(CellarHouse.Request());
        Assert.Equal(CacheResult.Hit, result);
        Assert.Equal(Body, body);
        Assert.Equal(0, house.Parts.Lingering.Count);
    }

    [Fact]
    public async Task Body_LeftUnderWay_IsReadAlongByWhoComesBack_AndCancelledAtTheBoundOtherwise()
    {
        await using var house = new CellarHouse();
        var call = await LeaveUnderWayAsync(house);
        house.Clock.Advance(house.Options.LingerTime - Instant);
        using (var back = await house.OpenAsync(CellarHouse.Request()).WaitAsync(Deadline.Value))
        {
            Assert.Equal(Body[..1000], await back.ReadUpToAsync(1000));
            house.Clock.Advance(house.Options.LingerTime);
            Assert.False(call.Cancellation.IsCancellationRequested);
        }

        house.Clock.Advance(house.Options.LingerTime - Instant);
        Assert.False(call.Cancellation.IsCancellationRequested);
        house.Clock.Advance(Instant);
        await GoneAsync(house, call);
        Assert.False(house.Cellar.Holds(CellarHouse.Request().Address));
        Assert.Equal(1, house.Upstream.Count);
    }

    [Fact]
    public async Task Answer_ThatNobodyElseMayHave_IsGivenUpAtOnce()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house);
        call.Head(200, Body.Length, ("Cache-Control", "private"));
        await GoneAsync(house, call);
        Assert.Equal(0, house.Parts.Lingering.Count);
    }

    [Fact]
    public async Task Request_ThatNobodyCouldJoin_IsCancelledAtOnce()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house, CellarHouse.Request("/a/seg1", null, ("Authorization", "Basic x")));
        await GoneAsync(house, call);
    }

    [Fact]
    public async Task MoreThanMayLinger_AreCancelledAtOnce()
    {
        await using var house = new CellarHouse(o => o.MaxLingering = 2);
        var first = await LeaveAsync(house, CellarHouse.Request("/a/1"));
        var second = await LeaveAsync(house, CellarHouse.Request("/a/2"));
        await GoneAsync(house, await LeaveAsync(house, CellarHouse.Request("/a/3")), lingering: 2);
        Assert.False(first.Cancellation.IsCancellationRequested);

        // A place that becomes free is given again.
        first.Answer(200, [1]);
        await Deadline.Until(() => house.Parts.Lingering.Count == 1);
        var fourth = await LeaveAsync(house, CellarHouse.Request("/a/4"));
        Assert.Equal(2, house.Parts.Lingering.Count);
        Assert.False(second.Cancellation.IsCancellationRequested || fourth.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task MemoryCriticallyShort_AllAreGivenUp_AndNoneLingersAnew()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house);
        var read = await LeaveAsync(house, CellarHouse.Request("/a/read"));
        var back = house.OpenAsync(CellarHouse.Request("/a/read"));
        house.Load = new MemoryLoad(99, 100);
        house.Trimmer.Trim(sweep: false);
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && house.Cellar.Statistics().Fetches == 1);
        Assert.False(read.Cancellation.IsCancellationRequested);
        read.Answer(200, [1]);
        using (var reply = await back.WaitAsync(Deadline.Value)) Assert.Equal([1], await reply.ReadAllAsync());

        await GoneAsync(house, await LeaveAsync(house, CellarHouse.Request("/a/2")));
    }

    [Fact]
    public async Task Shutdown_CancelsWhatLingers()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house);
        await house.Cellar.DisposeAsync();
        await GoneAsync(house, call);
        Assert.Equal(0, house.Parts.Lingering.Count);
    }

    [Fact]
    public async Task LingeringFetch_IsNotTriedAgain()
    {
        await using var house = new CellarHouse();
        var call = await LeaveAsync(house);
        Assert.True(call.Request.GivesUp!());
        await GoneAsync(house, call);

        var wanted = house.OpenAsync(CellarHouse.Request());
        call = await house.Upstream.NextAsync();
        Assert.False(call.Request.GivesUp!());
        call.Answer(200, [1]);
        using var reply = await wanted.WaitAsync(Deadline.Value);
        Assert.Equal([1], await reply.ReadAllAsync());
    }

    [Fact]
    public async Task FetchAhead_SlowerThanItsViewer_IsTakenOverByTheFirstDemand()
    {
        await using var house = new CellarHouse();
        _ = house.Cellar.FetchAhead(CellarHouse.Request());
        var call = await house.Upstream.NextAsync();
        Assert.False(call.Request.GivesUp!());
        house.Clock.Advance(TimeSpan.FromSeconds(5));
        var demand = house.OpenAsync(CellarHouse.Request());
        house.Clock.Advance(TimeSpan.FromSeconds(5));
        call.Answer(200, Body);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.True(reply.WasPrefetched);
        Assert.Equal(1, house.Upstream.Count);
    }

    [Fact]
    public async Task FetchAhead_ThatTookTooLong_LingersForItsViewer()
    {
        await using var house = new CellarHouse();
        var ahead = house.Cellar.FetchAhead(CellarHouse.Request())!;
        var call = await house.Upstream.NextAsync();
        ahead.Abandon(PrefetchEnding.Failed);
        var demand = house.OpenAsync(CellarHouse.Request());
        call.Answer(200, Body);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.Equal([PrefetchEnding.Used], house.AheadEndings);
        Assert.Equal(1, house.Upstream.Count);
    }

    [Fact]
    public async Task FetchAhead_ThatTookTooLong_AndThatNobodyAsksFor_HasFailed()
    {
        await using var house = new CellarHouse();
        var ahead = house.Cellar.FetchAhead(CellarHouse.Request())!;
        var call = await house.Upstream.NextAsync();
        ahead.Abandon(PrefetchEnding.Failed);
        house.Clock.Advance(house.Options.LingerTime);
        await GoneAsync(house, call);
        Assert.Equal([PrefetchEnding.Failed], house.AheadEndings);
    }

    /// <summary>Somebody asks, and leaves before the head.</summary>
    private static async Task<UpstreamCall> LeaveAsync(CellarHouse house, MediaRequest? request = null)
    {
        using var leaving = new CancellationTokenSource();
        var open = house.OpenAsync(request ?? CellarHouse.Request(), leaving.Token);
        var call = await house.Upstream.NextAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        return call;
    }

    /// <summary>Somebody asks, and leaves after the first bytes.</summary>
    private static async Task<UpstreamCall> LeaveUnderWayAsync(CellarHouse house)
    {
        var open = house.OpenAsync(CellarHouse.Request());
        var call = await house.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 1000));
        using var reply = await open.WaitAsync(Deadline.Value);
        await reply.ReadUpToAsync(1000);
        return call;
    }

    private static async Task GoneAsync(CellarHouse house, UpstreamCall call, int lingering = 0)
    {
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && house.Cellar.Statistics().Fetches == lingering);
        Assert.Equal(lingering, house.Parts.Lingering.Count);
    }
}
