using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Store;

public sealed class CacheSlotTests
{
    private static readonly byte[] Body = CacheFixture.Bytes(1000);

    [Theory]
    [InlineData(404, "no-store")]
    [InlineData(503, "no-store")]
    [InlineData(0, "")]
    public async Task Responses_NotStoredOfAThousandAddresses_LeaveNothingInTheIndex(int status, string directives)
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call =>
        {
            if (status == 0) call.Fail(OriginFailure.Unreachable);
            else call.Answer(status, Body, ("Cache-Control", directives));
        };
        for (var i = 0; i < 1000; i++)
        {
            using var reply = await fixture.OpenAsync(CacheFixture.Request($"/invented/{i}")).WaitAsync(Deadline.Value);
        }

        await Deadline.Until(() => fixture.Cache.Index.Count == 0);
    }

    [Fact]
    public async Task Marks_OfManyAddresses_AreSweptAway()
    {
        await using var fixture = new CacheFixture();
        for (var i = 0; i < 240_000; i++) fixture.Cache.Index.FindOrAdd(new CacheKey(new MediaAddress("origin", $"/invented/{i}", string.Empty), string.Empty, CacheKey.Whole));
        fixture.Trimmer.Trim(sweep: true);
        Assert.True(fixture.Trimmer.IsBehind);
        await fixture.Trimmer.StartAsync(CancellationToken.None);
        await Deadline.Until(() => fixture.Clock.Armed > 0);
        var began = fixture.Clock.GetUtcNow();
        fixture.Clock.Advance(fixture.Options.TrimInterval);
        await fixture.Clock.AdvanceUntilAsync(() => !fixture.Trimmer.IsBehind, TimeSpan.FromMilliseconds(20));
        Assert.True(fixture.Clock.GetUtcNow() - began < 2 * fixture.Options.TrimInterval);
        await fixture.Trimmer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Slot_ClosedButStillInTheIndex_IsRemovedAndACrowdIsOneRequest()
    {
        await using var fixture = new CacheFixture();
        var cacheSlot = fixture.Cache.Index.FindOrAdd(CacheKey.Of(CacheFixture.Request()));
        // The state that a sweep leaves which was interrupted here.
        Assert.True(cacheSlot.TryClose(fixture.Parts.Now));

        var opens = Enumerable.Range(0, 10).Select(_ => Task.Run(() => fixture.OpenAsync(CacheFixture.Request()))).ToArray();
        var call = await fixture.Upstream.NextAsync();
        call.Answer(200, Body);
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value)) reply.Dispose();
        Assert.Equal(1, fixture.Upstream.Count);
        Assert.Equal(1, fixture.Cache.Index.Count);
    }

    [Fact]
    public async Task Purge_AfterASweep_ReachesAFetchThatNobodyMayJoin()
    {
        await using var fixture = new CacheFixture();
        var request = CacheFixture.Request("/a/seg1", null, ("Authorization", "Bearer x"));
        var open = fixture.OpenAsync(request);
        var call = await fixture.Upstream.NextAsync();
        fixture.Trimmer.Trim(sweep: true);
        fixture.Cache.Purge(null, "/");
        call.Answer(200, Body, ("Cache-Control", "public, max-age=60"));
        using (var reply = await open.WaitAsync(Deadline.Value))
        {
            Assert.Equal(Body, await reply.ReadAllAsync());
        }

        Assert.False(fixture.Cache.Holds(request.Address));
    }
}
