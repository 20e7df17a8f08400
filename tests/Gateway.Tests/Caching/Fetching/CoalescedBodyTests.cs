using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Fetching;

/// <summary>A body that breaks, is short or has no length, for all who read along.</summary>
public sealed class CoalescedBodyTests
{
    private static readonly byte[] Body = CacheFixture.Bytes(200_000);

    [Theory]
    [InlineData(200_000)]
    [InlineData(null)]
    public async Task Body_BreaksAfterBytes_EveryReaderEndsBrokenAndNothingIsStored(int? length)
    {
        await using var fixture = new CacheFixture();
        var opens = Enumerable.Range(0, 5).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, length).Send(Body.AsSpan(0, 100_000));
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);
        foreach (var reply in replies) Assert.Equal(Body[..100_000], await reply.ReadUpToAsync(100_000));
        var waiting = replies.Select(r => r.ReadAsync(100_000, default).AsTask()).ToArray();
        call.Break();
        foreach (var read in waiting) await Assert.ThrowsAsync<BrokenBodyException>(() => read.WaitAsync(Deadline.Value));
        foreach (var reply in replies) reply.Dispose();
        await Deadline.Until(() => fixture.Parts.Budget.Used == 0 && fixture.Parts.Pool.Lent == 0);

        await fixture.StoreAsync("/a/seg1", Body);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_BreaksBeforeItsFirstByte_IsFetchedOnceMoreForAllTogether(bool isKept)
    {
        await using var fixture = new CacheFixture();
        (string, string)[] fields = [("ETag", "\"a\""), ("Cache-Control", isKept ? "max-age=60" : "no-store")];
        var rules = new StorageRules { ShareUnkept = true };
        var opens = Enumerable.Range(0, 5).Select(_ => fixture.OpenAsync(CacheFixture.Request(rules: rules))).ToArray();
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length, fields);
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);
        var reads = replies.Select(r => r.ReadAllAsync()).ToArray();
        call.Break();
        call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length, fields);
        await Deadline.Until(() => fixture.Cache.Statistics().Requests["joined"] == 8);
        call.Send(Body).End();
        foreach (var read in reads) Assert.Equal(Body, await read.WaitAsync(Deadline.Value));
        Assert.All(replies, r => Assert.Equal(Body.Length, r.Length));
        foreach (var reply in replies) reply.Dispose();
        Assert.Equal(2, fixture.Upstream.Count);
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Cache.Purge(null, "/");
        Assert.Equal((0, 0), (fixture.Parts.Budget.Used, fixture.Parts.Pool.Lent));
    }

    [Theory]
    [InlineData("another version")]
    [InlineData("breaks again")]
    [InlineData("no answer")]
    [InlineData("given back meanwhile")]
    public async Task Body_BreaksTwiceBeforeItsFirstByte_IsBroken(string second)
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length, ("ETag", "\"a\""));
        var reply = await open.WaitAsync(Deadline.Value);
        var read = reply.ReadAsync(0, default).AsTask();
        call.Break();
        call = await fixture.Upstream.NextAsync();
        if (second == "given back meanwhile") reply.Dispose();
        if (second == "no answer") call.Fail(OriginFailure.Unreachable);
        else if (second == "breaks again") call.Head(200, Body.Length, ("ETag", "\"a\"")).Break();
        else call.Answer(200, Body, ("ETag", second == "another version" ? "\"b\"" : "\"a\""));
        if (second == "given back meanwhile") await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(Deadline.Value));
        else await Assert.ThrowsAsync<BrokenBodyException>(() => read.WaitAsync(Deadline.Value));
        reply.Dispose();
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.Equal(2, fixture.Upstream.Count);
        fixture.Cache.Purge(null, "/");
        Assert.Equal((0, 0), (fixture.Parts.Budget.Used, fixture.Parts.Pool.Lent));
    }

    [Fact]
    public async Task Body_ShorterThanItsLength_IsBroken()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Head(200, Body.Length).Send(Body.AsSpan(0, 100_000)).End();
        using var reply = await open.WaitAsync(Deadline.Value);
        await Assert.ThrowsAsync<BrokenBodyException>(() => reply.ReadAllAsync());
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
    }

    [Fact]
    public async Task Body_WithoutLength_IsStoredWhenItEndsProperly()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Head(200, null).Send(Body.AsSpan(0, 5000)).Send(Body.AsSpan(5000)).End();
        using (var reply = await open.WaitAsync(Deadline.Value))
        {
            Assert.Null(reply.IsComplete ? null : reply.Length);
            Assert.Equal(Body, await reply.ReadAllAsync());
        }

        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        using var hit = await fixture.OpenAsync(CacheFixture.Request());
        Assert.Equal(CacheResult.Hit, hit.Result);
        Assert.Equal(Body.Length, hit.Length);
        Assert.Equal(Body, await hit.ReadAllAsync());
    }
}
