using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;

namespace Gateway.Tests.Caching.Fetching;

public sealed class LingeringTests
{
    private static readonly byte[] Body = CacheFixture.Bytes(200_000);
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Player_GivesUpAndRetries_JoinsTheSameUpstreamRequest()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture);

        fixture.Clock.Advance(fixture.Options.LingerTime - Instant);
        var retry = fixture.OpenAsync(CacheFixture.Request());
        fixture.Clock.Advance(fixture.Options.LingerTime * 3);
        Assert.False(call.Cancellation.IsCancellationRequested);
        call.Answer(200, Body);
        using var reply = await retry.WaitAsync(Deadline.Value);
        Assert.Equal(CacheResult.Joined, reply.Result);
        Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Player_GivesUpAgainAndAgain_IsOneUpstreamRequest()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture);
        for (var retry = 0; retry < 5; retry++)
        {
            using var leaving = new CancellationTokenSource();
            var open = fixture.OpenAsync(CacheFixture.Request(), leaving.Token);
            fixture.Clock.Advance(fixture.Options.LingerTime - Instant);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        }

        call.Answer(200, Body);
        Assert.Equal(Body, (await fixture.GetAsync(CacheFixture.Request())).Body);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task LingeringFetch_NobodyComesBack_IsCancelledAtTheBound()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture);
        fixture.Clock.Advance(fixture.Options.LingerTime - Instant);
        Assert.False(call.Cancellation.IsCancellationRequested);
        fixture.Clock.Advance(Instant);
        await GoneAsync(fixture, call);

        // The next one starts anew.
        await fixture.StoreAsync("/a/seg1", Body);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task LingeringFetch_ResponseInTime_IsStored()
    {
        await using var fixture = new CacheFixture();
        (await LeaveAsync(fixture)).Answer(200, Body);
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        var (result, body) = await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal(CacheResult.Hit, result);
        Assert.Equal(Body, body);
        Assert.Equal(0, fixture.Parts.Lingering.Count);
    }

    [Fact]
    public async Task Body_LeftUnderWay_IsJoinedByAReturningReaderOrCancelledAtTheBound()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveUnderWayAsync(fixture);
        fixture.Clock.Advance(fixture.Options.LingerTime - Instant);
        using (var back = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value))
        {
            Assert.Equal(Body[..1000], await back.ReadUpToAsync(1000));
            fixture.Clock.Advance(fixture.Options.LingerTime);
            Assert.False(call.Cancellation.IsCancellationRequested);
        }

        fixture.Clock.Advance(fixture.Options.LingerTime - Instant);
        Assert.False(call.Cancellation.IsCancellationRequested);
        fixture.Clock.Advance(Instant);
        await GoneAsync(fixture, call);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Response_PersonalAndLeft_IsGivenUpAtOnce()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture);
        call.Head(200, Body.Length, ("Cache-Control", "private"));
        await GoneAsync(fixture, call);
        Assert.Equal(0, fixture.Parts.Lingering.Count);
    }

    [Fact]
    public async Task Request_NotJoinableAndLeft_IsCancelledAtOnce()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture, CacheFixture.Request("/a/seg1", null, ("Authorization", "Basic x")));
        await GoneAsync(fixture, call);
    }

    [Fact]
    public async Task LingeringFetch_BeyondTheBound_IsCancelledAtOnce()
    {
        await using var fixture = new CacheFixture(o => o.MaxLingering = 2);
        var first = await LeaveAsync(fixture, CacheFixture.Request("/a/1"));
        var second = await LeaveAsync(fixture, CacheFixture.Request("/a/2"));
        await GoneAsync(fixture, await LeaveAsync(fixture, CacheFixture.Request("/a/3")), lingering: 2);
        Assert.False(first.Cancellation.IsCancellationRequested);

        // A place that becomes free is used again.
        first.Answer(200, [1]);
        await Deadline.Until(() => fixture.Parts.Lingering.Count == 1);
        var fourth = await LeaveAsync(fixture, CacheFixture.Request("/a/4"));
        Assert.Equal(2, fixture.Parts.Lingering.Count);
        Assert.False(second.Cancellation.IsCancellationRequested || fourth.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task LingeringFetch_MemoryCriticallyShort_IsGivenUp()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture);
        var read = await LeaveAsync(fixture, CacheFixture.Request("/a/read"));
        var back = fixture.OpenAsync(CacheFixture.Request("/a/read"));
        fixture.Load = new MemoryLoad(99, 100);
        fixture.Trimmer.Trim(sweep: false);
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && fixture.Cache.Statistics().Fetches == 1);
        Assert.False(read.Cancellation.IsCancellationRequested);
        read.Answer(200, [1]);
        using (var reply = await back.WaitAsync(Deadline.Value)) Assert.Equal([1], await reply.ReadAllAsync());

        await GoneAsync(fixture, await LeaveAsync(fixture, CacheFixture.Request("/a/2")));
    }

    [Fact]
    public async Task LingeringFetch_Shutdown_IsCancelled()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture);
        await fixture.Cache.DisposeAsync();
        await GoneAsync(fixture, call);
        Assert.Equal(0, fixture.Parts.Lingering.Count);
    }

    [Fact]
    public async Task LingeringFetch_Failed_IsNotRetried()
    {
        await using var fixture = new CacheFixture();
        var call = await LeaveAsync(fixture);
        Assert.True(call.Request.GivesUp!());
        await GoneAsync(fixture, call);

        var wanted = fixture.OpenAsync(CacheFixture.Request());
        call = await fixture.Upstream.NextAsync();
        Assert.False(call.Request.GivesUp!());
        call.Answer(200, [1]);
        using var reply = await wanted.WaitAsync(Deadline.Value);
        Assert.Equal([1], await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Prefetch_SlowerThanItsPlayer_IsTakenOverByTheFirstDemand()
    {
        await using var fixture = new CacheFixture();
        _ = fixture.Cache.FetchAhead(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        Assert.False(call.Request.GivesUp!());
        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        var demand = fixture.OpenAsync(CacheFixture.Request());
        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        call.Answer(200, Body);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.True(reply.WasPrefetched);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Prefetch_TookTooLong_LingersForItsPlayer()
    {
        await using var fixture = new CacheFixture();
        var ahead = fixture.Cache.FetchAhead(CacheFixture.Request())!;
        var call = await fixture.Upstream.NextAsync();
        ahead.Abandon(PrefetchEnding.Failed);
        var demand = fixture.OpenAsync(CacheFixture.Request());
        call.Answer(200, Body);
        using var reply = await demand.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.Equal([PrefetchEnding.Used], fixture.PrefetchEndings);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Prefetch_TookTooLongWithoutDemand_HasFailed()
    {
        await using var fixture = new CacheFixture();
        var ahead = fixture.Cache.FetchAhead(CacheFixture.Request())!;
        var call = await fixture.Upstream.NextAsync();
        ahead.Abandon(PrefetchEnding.Failed);
        fixture.Clock.Advance(fixture.Options.LingerTime);
        await GoneAsync(fixture, call);
        Assert.Equal([PrefetchEnding.Failed], fixture.PrefetchEndings);
    }

    /// <summary>A client asks, and leaves before the head.</summary>
    private static async Task<UpstreamCall> LeaveAsync(CacheFixture fixture, CacheRequest? request = null)
    {
        using var leaving = new CancellationTokenSource();
        var open = fixture.OpenAsync(request ?? CacheFixture.Request(), leaving.Token);
        var call = await fixture.Upstream.NextAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        return call;
    }

    /// <summary>A client asks, and leaves after the first bytes.</summary>
    private static async Task<UpstreamCall> LeaveUnderWayAsync(CacheFixture fixture)
    {
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 1000));
        using var reply = await open.WaitAsync(Deadline.Value);
        await reply.ReadUpToAsync(1000);
        return call;
    }

    private static async Task GoneAsync(CacheFixture fixture, UpstreamCall call, int lingering = 0)
    {
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && fixture.Cache.Statistics().Fetches == lingering);
        Assert.Equal(lingering, fixture.Parts.Lingering.Count);
    }
}
