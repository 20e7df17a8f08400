using Gateway.Caching;

namespace Gateway.Tests.Caching.Fetching;

public sealed class LeavingTests
{
    private static readonly byte[] Body = CacheFixture.Bytes(200_000);

    [Fact]
    public async Task Starter_LeavesBeforeTheHead_FollowersAreServed()
    {
        await using var fixture = new CacheFixture();
        using var leaving = new CancellationTokenSource();
        var starter = fixture.OpenAsync(CacheFixture.Request(), leaving.Token);
        var call = await fixture.Upstream.NextAsync();
        var follower = fixture.OpenAsync(CacheFixture.Request());
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starter.WaitAsync(Deadline.Value));
        Assert.False(call.Cancellation.IsCancellationRequested);

        call.Answer(200, Body);
        using var reply = await follower.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Starter_LeavesWhileReading_FollowersReadOn()
    {
        await using var fixture = new CacheFixture();
        var starting = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 10));
        var starter = await starting.WaitAsync(Deadline.Value);
        using var follower = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        using var leaving = new CancellationTokenSource();
        var read = starter.ReadAsync(10, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Within());
        starter.Dispose();

        call.Send(Body.AsSpan(10)).End();
        Assert.Equal(Body, await follower.ReadAllAsync());
    }

    [Fact]
    public async Task Most_LeaveBeforeTheHeadOrWhileReading_TheLastReadsToTheEnd()
    {
        await using var fixture = new CacheFixture();
        using var impatience = new CancellationTokenSource();
        var impatient = Enumerable.Range(0, 50).Select(_ => fixture.OpenAsync(CacheFixture.Request(), impatience.Token)).ToArray();
        var patient = Enumerable.Range(0, 50).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        var call = await fixture.Upstream.NextAsync();
        await impatience.CancelAsync();
        foreach (var open in impatient) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));

        call.Head(200, Body.Length).Send(Body.AsSpan(0, 50_000));
        var replies = await Task.WhenAll(patient).WaitAsync(Deadline.Value);
        foreach (var reply in replies) await reply.ReadUpToAsync(50_000);
        foreach (var reply in replies[..^1]) reply.Dispose();
        Assert.False(call.Cancellation.IsCancellationRequested);

        call.Send(Body.AsSpan(50_000)).End();
        using var last = replies[^1];
        Assert.Equal(Body, await last.ReadAllAsync());
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(CacheFixture.Request())).Result);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Everybody_LeavesBeforeTheHeadWithoutLingering_FetchIsCancelled()
    {
        await using var fixture = new CacheFixture(o => o.LingerTime = TimeSpan.Zero);
        using var leaving = new CancellationTokenSource();
        var opens = Enumerable.Range(0, 3).Select(_ => fixture.OpenAsync(CacheFixture.Request(), leaving.Token)).ToArray();
        var call = await fixture.Upstream.NextAsync();
        await leaving.CancelAsync();
        foreach (var open in opens) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested);

        // The next one starts anew.
        await fixture.StoreAsync("/a/seg1", Body);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Everybody_LeavesEarlyWithoutLingering_FetchIsCancelledAndNothingStored()
    {
        await using var fixture = new CacheFixture(o => o.LingerTime = TimeSpan.Zero);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 1000));
        var reply = await open.WaitAsync(Deadline.Value);
        await reply.ReadUpToAsync(1000);
        reply.Dispose();
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested);
        await Deadline.Until(() => fixture.Parts.Budget.Used == 0 && fixture.Parts.Pool.Lent == 0);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
    }

    [Fact]
    public async Task Everybody_LeavesWhenMostIsIn_FetchIsFinishedAndStored()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 150_000));
        var reply = await open.WaitAsync(Deadline.Value);
        await reply.ReadUpToAsync(150_000);
        reply.Dispose();
        Assert.False(call.Cancellation.IsCancellationRequested);
        call.Send(Body.AsSpan(150_000)).End();
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        var (result, body) = await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal(CacheResult.Hit, result);
        Assert.Equal(Body, body);
    }
}
