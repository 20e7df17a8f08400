using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Tests.Caching.Fetching;

/// <summary>Responses that may not be stored: nobody waits for another, and a handler may share one among those who wait.</summary>
public sealed class UnkeptResponseTests
{
    [Fact]
    public async Task NotStored_NextRequests_DoNotWaitForEachOther()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Answer(200, [1], ("Cache-Control", "private"));
        (await open.WaitAsync(Deadline.Value)).Dispose();

        var opens = Enumerable.Range(0, 3).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        var calls = new List<UpstreamCall>();
        for (var i = 0; i < 3; i++) calls.Add(await fixture.Upstream.NextAsync());

        // A response that has become shareable is shared again.
        foreach (var call in calls) call.Answer(200, [2], ("Cache-Control", "max-age=60"));
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            // A fetch that nobody else may join is given up when its reader leaves before its bytes are in.
            Assert.Equal([2], await reply.ReadAllAsync());
            reply.Dispose();
        }

        await fixture.FetchesEndedAsync();
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(CacheFixture.Request())).Result);
    }

    [Fact]
    public async Task NotStored_HandlerSharesIt_IsOneFetchForAllWhoWait()
    {
        await using var fixture = new CacheFixture();
        var rules = new StorageRules { ShareUnkept = true };
        var opens = Enumerable.Range(0, 100).Select(_ => fixture.OpenAsync(CacheFixture.Request(rules: rules))).ToArray();
        (await fixture.Upstream.NextAsync()).Answer(200, [1, 2, 3], ("Cache-Control", "no-cache"));
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            Assert.Equal([1, 2, 3], await reply.ReadAllAsync());
            reply.Dispose();
        }

        Assert.Equal(1, fixture.Upstream.Count);
        await fixture.FetchesEndedAsync();
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
    }

    [Fact]
    public async Task Request_NoStoreWithRange_IsFetchedByItsRange()
    {
        await using var fixture = new CacheFixture();
        var request = new CacheRequest
        {
            Address = CacheFixture.Request().Address,
            Rules = CacheFixture.Segments,
            Range = new ByteRange(10, 5),
            Fields = Heads.Lines(("Cache-Control", "no-store")),
        };
        var open = fixture.OpenAsync(request);
        var call = await fixture.Upstream.NextAsync();
        Assert.Equal(new ByteRange(10, 5), call.Request.Range);
        call.Answer(206, [1, 2, 3, 4, 5], ("Content-Range", "bytes 10-14/100"));
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(206, reply.Head.Status);
        Assert.Equal(PassReason.RequestNoStore, reply.Pass);
        Assert.Equal([1, 2, 3, 4, 5], await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Part_UnknownLengthNotStored_EndsAtItsRangeOrIsBroken()
    {
        await using var fixture = new CacheFixture();
        var request = new CacheRequest
        {
            Address = CacheFixture.Request().Address,
            Rules = CacheFixture.Segments,
            Range = new ByteRange(10, 5),
            Fields = Heads.Lines(("Cache-Control", "no-store")),
        };
        var open = fixture.OpenAsync(request);
        // As a chunked part that was cut short further up, and ends properly here.
        (await fixture.Upstream.NextAsync()).Head(206, null, ("Content-Range", "bytes 10-14/100")).Send(1, 2, 3).End();
        using var reply = await open.WaitAsync(Deadline.Value);
        await Assert.ThrowsAsync<BrokenBodyException>(() => reply.ReadAllAsync());
    }
}
