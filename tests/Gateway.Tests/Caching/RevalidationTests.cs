using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

public sealed class RevalidationTests
{
    private static readonly byte[] Body = CellarHouse.Bytes(5000);
    private static readonly (string, string)[] Said = [("Cache-Control", "max-age=60"), ("ETag", "\"a\""), ("Last-Modified", "Thu, 01 Jan 2026 11:00:00 GMT"), ("X-Old", "1")];

    [Fact]
    public async Task Stale_IsConfirmedOnce_ForAllWhoWait()
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, Said);
        house.Clock.Advance(TimeSpan.FromSeconds(70));
        var opens = Enumerable.Range(0, 10).Select(_ => house.OpenAsync(CellarHouse.Request())).ToArray();
        var call = await house.Upstream.NextAsync();
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

        Assert.Equal(2, house.Upstream.Count);
        Assert.Equal(CacheResult.Hit, (await house.GetAsync(CellarHouse.Request())).Result);
    }

    [Fact]
    public async Task Stale_ChangedUpstream_IsReplaced()
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, Said);
        house.Clock.Advance(TimeSpan.FromSeconds(70));
        await house.StoreAsync("/a/seg1", [1, 2, 3], Said);
        var (result, body) = await house.GetAsync(CellarHouse.Request());
        Assert.Equal(CacheResult.Hit, result);
        Assert.Equal([1, 2, 3], body);
        await Deadline.Until(() => house.Parts.Pool.Lent == BodyBlockPool.Small);
    }

    [Fact]
    public async Task StaleWhileRevalidate_AnswersAtOnceAndRefreshesBehind()
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60, stale-while-revalidate=30"), ("ETag", "\"a\""));
        house.Clock.Advance(TimeSpan.FromSeconds(70));
        for (var i = 0; i < 3; i++) Assert.Equal(CacheResult.Stale, (await house.GetAsync(CellarHouse.Request())).Result);
        var call = await house.Upstream.NextAsync();
        call.Head(304, null, ("Cache-Control", "max-age=60")).End();
        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        Assert.Equal(CacheResult.Hit, (await house.GetAsync(CellarHouse.Request())).Result);
        Assert.Equal(2, house.Upstream.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StaleIfError_BrokenUpstream_GivesWhatIsHeld(bool unreachable)
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60, stale-if-error=100"));
        house.Clock.Advance(TimeSpan.FromSeconds(70));
        house.Upstream.Answers = call =>
        {
            if (unreachable) call.Fail(OriginFailure.Unreachable);
            else call.Answer(503, []);
        };
        var (result, body) = await house.GetAsync(CellarHouse.Request());
        Assert.Equal(CacheResult.StaleIfError, result);
        Assert.Equal(Body, body);

        house.Clock.Advance(TimeSpan.FromSeconds(100));
        using var late = await house.OpenAsync(CellarHouse.Request());
        Assert.Equal(unreachable ? CacheResult.Failed : CacheResult.Passed, late.Result);
    }

    [Fact]
    public async Task MustRevalidate_BrokenUpstream_IsAFailure()
    {
        await using var house = new CellarHouse();
        var rules = new StorageRules { StaleIfError = TimeSpan.FromHours(1) };
        house.Upstream.Answers = call => call.Answer(200, Body, ("Cache-Control", "max-age=60, must-revalidate"), ("ETag", "\"a\""));
        await house.GetAsync(CellarHouse.Request(rules: rules));
        house.Clock.Advance(TimeSpan.FromSeconds(70));
        house.Upstream.Answers = call => call.Fail(OriginFailure.Unreachable);
        Assert.Equal(CacheResult.Failed, (await house.GetAsync(CellarHouse.Request(rules: rules))).Result);
    }

    [Fact]
    public async Task NoCache_IsKeptButConfirmedAtEachUse()
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, ("Cache-Control", "no-cache"), ("ETag", "\"a\""));
        house.Upstream.Answers = call => call.Head(304, null).End();
        for (var i = 0; i < 2; i++) Assert.Equal(CacheResult.Revalidated, (await house.GetAsync(CellarHouse.Request())).Result);
        Assert.Equal(3, house.Upstream.Count);
    }

    [Fact]
    public async Task Missing_IsRememberedForAMoment()
    {
        await using var house = new CellarHouse();
        house.Upstream.Answers = call => call.Answer(404, [1]);
        for (var i = 0; i < 5; i++) await house.GetAsync(CellarHouse.Request());
        Assert.Equal(1, house.Upstream.Count);
        house.Clock.Advance(house.Options.NegativeLifetime);
        await house.GetAsync(CellarHouse.Request());
        Assert.Equal(2, house.Upstream.Count);
    }

    [Fact]
    public async Task BrokenUpstream_OneAnswerForAllWhoWait_NoneForLater()
    {
        await using var house = new CellarHouse();
        var opens = Enumerable.Range(0, 10).Select(_ => house.OpenAsync(CellarHouse.Request())).ToArray();
        (await house.Upstream.NextAsync()).Answer(503, [1, 2], ("Retry-After", "1"));
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            Assert.Equal(503, reply.Head.Status);
            Assert.Equal([1, 2], await reply.ReadAllAsync());
            reply.Dispose();
        }

        Assert.Equal(1, house.Upstream.Count);
        await house.StoreAsync("/a/seg1", Body);
        Assert.Equal(2, house.Upstream.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(408)]
    public async Task Limit_OfOneUser_IsNotToldToThoseWhoWaited(int status)
    {
        await using var house = new CellarHouse();
        var request = CellarHouse.Request(rules: new StorageRules { UpstreamSeesAsker = true });
        var first = house.OpenAsync(request);
        var second = house.OpenAsync(request);
        (await house.Upstream.NextAsync()).Answer(status, []);
        (await house.Upstream.NextAsync()).Answer(200, Body);
        using var refused = await first.WaitAsync(Deadline.Value);
        using var served = await second.WaitAsync(Deadline.Value);
        Assert.Equal((status, 200), (refused.Head.Status, served.Head.Status));
    }

    [Fact]
    public async Task Unshared_Fetch_IsKept_AndItsShelfIsNotSweptMeanwhile()
    {
        await using var house = new CellarHouse();
        var request = CellarHouse.Request(fields: ("Authorization", "Basic eA=="));
        var open = house.OpenAsync(request);
        var call = await house.Upstream.NextAsync();
        house.Trimmer.Trim(sweep: true);
        Assert.Single(house.Cellar.Index);
        call.Answer(200, Body, ("Cache-Control", "public, max-age=60"));
        using (var reply = await open.WaitAsync(Deadline.Value)) Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.Equal(CacheResult.Hit, (await house.GetAsync(request)).Result);
    }

    [Fact]
    public async Task OnlyIfCached_NothingHeld_AsksNobody()
    {
        await using var house = new CellarHouse();
        Assert.Equal(CacheResult.NotHeld, (await house.GetAsync(CellarHouse.Request(fields: ("Cache-Control", "only-if-cached")))).Result);
        Assert.Equal(0, house.Upstream.Count);
    }

    [Fact]
    public async Task Age_GrowsWhileHeld()
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, ("Cache-Control", "max-age=60"), ("Age", "10"));
        house.Clock.Advance(TimeSpan.FromSeconds(20));
        using var reply = await house.OpenAsync(CellarHouse.Request());
        Assert.Equal(TimeSpan.FromSeconds(30), reply.Age);
        Assert.Equal(TimeSpan.FromSeconds(30), reply.FreshFor);
    }

    [Fact]
    public async Task LimitFreshness_ShortensAndNeverProlongs()
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body);
        using (var reply = await house.OpenAsync(CellarHouse.Request()))
        {
            reply.LimitFreshness(TimeSpan.FromSeconds(2));
            reply.LimitFreshness(TimeSpan.FromSeconds(20));
            Assert.Equal(TimeSpan.FromSeconds(2), reply.FreshFor);
        }

        house.Clock.Advance(TimeSpan.FromSeconds(2));
        await house.StoreAsync("/a/seg1", [7]);
    }

    [Fact]
    public async Task Head_IsAnsweredFromWhatIsHeld_AndNeverKept()
    {
        await using var house = new CellarHouse();
        var head = new MediaRequest { Address = CellarHouse.Request().Address, Rules = CellarHouse.Segments, HeadOnly = true };
        house.Upstream.Answers = call =>
        {
            Assert.True(call.Request.HeadOnly);
            call.Head(200, 5000).End();
        };
        using (var asked = await house.OpenAsync(head))
        {
            Assert.Equal(PassReason.Method, asked.Pass);
            Assert.Empty(await asked.ReadAllAsync());
        }

        house.Upstream.Answers = null;
        await house.StoreAsync("/a/seg1", Body);
        using var held = await house.OpenAsync(head);
        Assert.Equal(CacheResult.Hit, held.Result);
        Assert.Equal(5000, held.Length);
    }

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("\"b\"", false)]
    public async Task Head_OfAStaleObject_FreshensItOrTellsThatItChanged(string tag, bool same)
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, Said);
        house.Clock.Advance(TimeSpan.FromSeconds(70));
        house.Upstream.Answers = call => call.Head(200, 5000, ("ETag", tag), ("Cache-Control", "max-age=60"), ("X-Old", "2")).End();
        using (await house.OpenAsync(new MediaRequest { Address = CellarHouse.Request().Address, HeadOnly = true }))
        {
        }

        await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
        house.Upstream.Answers = call => call.Answer(200, [1]);
        using var reply = await house.OpenAsync(CellarHouse.Request());
        Assert.Equal(same ? CacheResult.Hit : CacheResult.Filled, reply.Result);
        Assert.Equal(same ? "2" : null, reply.Head["X-Old"]);
    }

    [Fact]
    public async Task Derived_LivesWithItsBytes_AndSurvivesAConfirmation()
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", Body, Said);
        var parsed = new object();
        var before = house.Parts.Budget.Used;
        using (var reply = await house.OpenAsync(CellarHouse.Request())) Assert.True(reply.TryKeepDerived(parsed, 700));
        Assert.Equal(before + 700, house.Parts.Budget.Used);
        house.Clock.Advance(TimeSpan.FromSeconds(70));
        house.Upstream.Answers = call => call.Head(304, null).End();
        using (var reply = await house.OpenAsync(CellarHouse.Request())) Assert.Same(parsed, reply.Derived);
        await Deadline.Until(() => house.Parts.Budget.Used == before + 700);
        Assert.Equal(1, house.Cellar.Purge(null, "/"));
        await Deadline.Until(() => house.Parts.Budget.Used == 0);
    }
}
