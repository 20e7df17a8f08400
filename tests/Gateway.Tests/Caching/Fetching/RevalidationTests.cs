using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Fetching;

public sealed class RevalidationTests
{
    private static readonly byte[] Body = CacheFixture.Bytes(5000);
    private static readonly (string, string)[] Stored = [("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Last-Modified", "Thu, 01 Jan 2026 11:00:00 GMT"), ("X-Old", "1")];

    [Fact]
    public async Task Stale_SeveralWait_IsRevalidatedOnce()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, Stored);
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        var opens = Enumerable.Range(0, 10).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        var call = await fixture.Upstream.NextAsync();
        Assert.Equal("\"a\"", call.Request.IfNoneMatch);
        Assert.Equal("Thu, 01 Jan 2026 11:00:00 GMT", call.Request.IfModifiedSince);
        call.Head(304, null, ("Cache-Control", "max-age=60"), ("X-New", "2"), ("Content-Type", "wrong/type")).End();
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            Assert.Equal(CacheResult.Revalidated, reply.Result);
            Assert.Equal(304, reply.ForwardStatus);
            Assert.Equal(200, reply.Head.Status);
            Assert.Equal("1", reply.Head["X-Old"]);
            Assert.Equal("2", reply.Head["X-New"]);
            Assert.Null(reply.Head["Content-Type"]);
            Assert.Equal(Body, await reply.ReadAllAsync());
            reply.Dispose();
        }

        Assert.Equal(2, fixture.Upstream.Count);
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(CacheFixture.Request())).Result);
    }

    [Fact]
    public async Task Stale_ChangedUpstream_IsReplaced()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, Stored);
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        await fixture.StoreAsync("/a/seg1", [1, 2, 3], Stored);
        var (result, body) = await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal(CacheResult.Hit, result);
        Assert.Equal([1, 2, 3], body);
        await Deadline.Until(() => fixture.Parts.Pool.Lent == BodyBlockPool.Small);
    }

    [Fact]
    public async Task StaleWhileRevalidate_Stale_AnswersAtOnceAndRevalidatesInTheBackground()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60, stale-while-revalidate=30"), ("ETag", "\"a\""));
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        for (var i = 0; i < 3; i++) Assert.Equal(CacheResult.Stale, (await fixture.GetAsync(CacheFixture.Request())).Result);
        var call = await fixture.Upstream.NextAsync();
        call.Head(304, null, ("Cache-Control", "max-age=60")).End();
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(CacheFixture.Request())).Result);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StaleIfError_UpstreamFails_ServesTheStoredResponse(bool unreachable)
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60, stale-if-error=100"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        fixture.Upstream.Answers = call =>
        {
            if (unreachable) call.Fail(OriginFailure.Unreachable);
            else call.Answer(503, []);
        };
        var (result, body) = await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal(CacheResult.StaleIfError, result);
        Assert.Equal(Body, body);

        fixture.Clock.Advance(TimeSpan.FromSeconds(100));
        using var late = await fixture.OpenAsync(CacheFixture.Request());
        Assert.Equal(unreachable ? CacheResult.Failed : CacheResult.Passed, late.Result);
    }

    /// <summary>Memory lets go of the stored response while upstream is asked about it: those who wait have it all the same, and upstream is not asked once more. One that goes on within the fetch has it later than the others.</summary>
    [Theory]
    [InlineData(503, "", true)]
    [InlineData(503, "", false)]
    [InlineData(304, "", true)]
    [InlineData(304, "a=b", true)]
    [InlineData(304, "a=b", false)]
    public async Task Stale_RemovedWhileUpstreamIsAsked_StillAnswersWhoWaits(int status, string cookie, bool readsToTheEnd)
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60, stale-if-error=100"), ("ETag", "\"a\""));
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        var open = fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, ReadsToTheEnd = readsToTheEnd });
        var call = await fixture.Upstream.NextAsync();
        fixture.Upstream.Answers = static second => second.Answer(200, [1]);
        Assert.Equal(1, fixture.Cache.Purge(null, "/").Removed);
        if (status == 503) call.Answer(503, []);
        else if (cookie.Length == 0) call.Head(304, null, ("Cache-Control", "max-age=60")).End();
        else call.Head(304, null, ("Cache-Control", "max-age=60"), ("Set-Cookie", cookie)).End();
        using (var reply = await open.WaitAsync(Deadline.Value))
        {
            Assert.Equal(status == 503 ? CacheResult.StaleIfError : CacheResult.Revalidated, reply.Result);
            Assert.Equal(Body, await reply.ReadAllAsync());
        }

        Assert.Equal(2, fixture.Upstream.Count);
        await Deadline.Until(() => fixture.Parts.Pool.Lent == 0 && fixture.Parts.Budget.Used == 0);
    }

    [Fact]
    public async Task MustRevalidate_UpstreamFails_IsAFailure()
    {
        await using var fixture = new CacheFixture();
        var rules = new StorageRules { StaleIfError = TimeSpan.FromHours(1) };
        fixture.Upstream.Answers = call => call.Answer(200, Body, ("Cache-Control", "max-age=60, must-revalidate"), ("ETag", "\"a\""));
        await fixture.GetAsync(CacheFixture.Request(rules: rules));
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        fixture.Upstream.Answers = call => call.Fail(OriginFailure.Unreachable);
        Assert.Equal(CacheResult.Failed, (await fixture.GetAsync(CacheFixture.Request(rules: rules))).Result);
    }

    [Fact]
    public async Task NoCache_Stored_IsRevalidatedAtEachUse()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, ("Cache-Control", "no-cache"), ("ETag", "\"a\""));
        fixture.Upstream.Answers = call => call.Head(304, null).End();
        for (var i = 0; i < 2; i++) Assert.Equal(CacheResult.Revalidated, (await fixture.GetAsync(CacheFixture.Request())).Result);
        Assert.Equal(3, fixture.Upstream.Count);
    }

    [Fact]
    public async Task NotFound_WithoutLifetime_IsStoredBriefly()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(404, [1]);
        for (var i = 0; i < 5; i++) await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal(1, fixture.Upstream.Count);
        fixture.Clock.Advance(fixture.Options.NegativeLifetime);
        await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task ServerError_SeveralWait_IsSharedAndNotStored()
    {
        await using var fixture = new CacheFixture();
        var opens = Enumerable.Range(0, 10).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        (await fixture.Upstream.NextAsync()).Answer(503, [1, 2], ("Retry-After", "1"));
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            Assert.Equal(503, reply.Head.Status);
            Assert.Equal([1, 2], await reply.ReadAllAsync());
            reply.Dispose();
        }

        Assert.Equal(1, fixture.Upstream.Count);
        await fixture.FetchesEndedAsync();
        await fixture.StoreAsync("/a/seg1", Body);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(408)]
    public async Task Limit_OfOneUser_IsNotSharedWithFollowers(int status)
    {
        await using var fixture = new CacheFixture();
        var request = CacheFixture.Request(rules: new StorageRules { UpstreamSeesAsker = true });
        var first = fixture.OpenAsync(request);
        var second = fixture.OpenAsync(request);
        (await fixture.Upstream.NextAsync()).Answer(status, []);
        (await fixture.Upstream.NextAsync()).Answer(200, Body);
        using var refused = await first.WaitAsync(Deadline.Value);
        using var served = await second.WaitAsync(Deadline.Value);
        Assert.Equal((status, 200), (refused.Head.Status, served.Head.Status));
    }

    [Fact]
    public async Task Fetch_NotShared_IsStoredAndItsSlotIsNotSweptMeanwhile()
    {
        await using var fixture = new CacheFixture();
        var request = CacheFixture.Request(fields: ("Authorization", "Basic eA=="));
        var open = fixture.OpenAsync(request);
        var call = await fixture.Upstream.NextAsync();
        fixture.Trimmer.Trim(sweep: true);
        Assert.Single(fixture.Cache.Index);
        call.Answer(200, Body, ("Cache-Control", "public, max-age=60"));
        using (var reply = await open.WaitAsync(Deadline.Value)) Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(request)).Result);
    }

    [Fact]
    public async Task OnlyIfCached_NothingStored_SendsNothingUpstream()
    {
        await using var fixture = new CacheFixture();
        Assert.Equal(CacheResult.NotHeld, (await fixture.GetAsync(CacheFixture.Request(fields: ("Cache-Control", "only-if-cached")))).Result);
        Assert.Equal(0, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Age_StoredResponse_Grows()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60"), ("Age", "10"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        using var reply = await fixture.OpenAsync(CacheFixture.Request());
        Assert.Equal(TimeSpan.FromSeconds(30), reply.Age);
        Assert.Equal(TimeSpan.FromSeconds(30), reply.FreshFor);
    }

    [Fact]
    public async Task LimitFreshness_ShorterAndLonger_OnlyShortens()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body);
        using (var reply = await fixture.OpenAsync(CacheFixture.Request()))
        {
            reply.LimitFreshness(TimeSpan.FromSeconds(2));
            reply.LimitFreshness(TimeSpan.FromSeconds(20));
            Assert.Equal(TimeSpan.FromSeconds(2), reply.FreshFor);
        }

        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        await fixture.StoreAsync("/a/seg1", [7]);
    }

    [Fact]
    public async Task Head_StoredResponse_AnswersAndIsNotStored()
    {
        await using var fixture = new CacheFixture();
        var head = new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, HeadOnly = true };
        fixture.Upstream.Answers = call =>
        {
            Assert.True(call.Request.HeadOnly);
            call.Head(200, 5000).End();
        };
        using (var asked = await fixture.OpenAsync(head))
        {
            Assert.Equal(PassReason.Method, asked.Pass);
            Assert.Empty(await asked.ReadAllAsync());
        }

        fixture.Upstream.Answers = null;
        await fixture.StoreAsync("/a/seg1", Body);
        using var held = await fixture.OpenAsync(head);
        Assert.Equal(CacheResult.Hit, held.Result);
        Assert.Equal(5000, held.Length);
    }

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("\"b\"", false)]
    public async Task Head_OfAStaleObject_FreshensOrInvalidatesIt(string tag, bool same)
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, Stored);
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        fixture.Upstream.Answers = call => call.Head(200, 5000, ("ETag", tag), ("Cache-Control", "max-age=60"), ("X-Old", "2")).End();
        using (await fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, HeadOnly = true }))
        {
        }

        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Upstream.Answers = call => call.Answer(200, [1]);
        using var reply = await fixture.OpenAsync(CacheFixture.Request());
        Assert.Equal(same ? CacheResult.Hit : CacheResult.Filled, reply.Result);
        Assert.Equal(same ? "2" : null, reply.Head["X-Old"]);
    }

    [Fact]
    public async Task Derived_AfterRevalidation_StaysWithItsBytes()
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", Body, Stored);
        var parsed = new object();
        var before = fixture.Parts.Budget.Used;
        using (var reply = await fixture.OpenAsync(CacheFixture.Request())) Assert.True(reply.TryKeepDerived(parsed, 700));
        Assert.Equal(before + 700, fixture.Parts.Budget.Used);
        fixture.Clock.Advance(TimeSpan.FromSeconds(70));
        fixture.Upstream.Answers = call => call.Head(304, null).End();
        using (var reply = await fixture.OpenAsync(CacheFixture.Request())) Assert.Same(parsed, reply.Derived);
        await Deadline.Until(() => fixture.Parts.Budget.Used == before + 700);
        Assert.Equal(1, fixture.Cache.Purge(null, "/").Removed);
        await Deadline.Until(() => fixture.Parts.Budget.Used == 0);
    }
}
