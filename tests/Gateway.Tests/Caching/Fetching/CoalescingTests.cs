using System.Text;
using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Fetching;

public sealed class CoalescingTests
{
    private static readonly byte[] Body = CacheFixture.Bytes(200_000);

    [Fact]
    public async Task Followers_ColdObject_ShareOneFetchAndReadAlong()
    {
        await using var fixture = new CacheFixture();
        // A crowd would be woken in rounds, and the fake clock does not advance here.
        const int followers = WakePace.Crowd - 2;
        var opens = Enumerable.Range(0, 1 + followers).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 70_000));
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);

        // Every reader has the first bytes although the last are not there yet.
        foreach (var reply in replies) Assert.Equal(Body[..70_000], await reply.ReadUpToAsync(70_000));
        var reads = replies.Select(r => r.ReadAllAsync()).ToArray();
        call.Send(Body.AsSpan(70_000)).End();
        foreach (var read in await Task.WhenAll(reads)) Assert.Equal(Body, read);

        Assert.Equal(1, fixture.Upstream.Count);
        Assert.Equal(1, replies.Count(r => r.Result == CacheResult.Filled));
        Assert.Equal(followers, replies.Count(r => r is { Result: CacheResult.Joined, Collapsed: true }));
        foreach (var reply in replies) reply.Dispose();
    }

    [Fact]
    public async Task Latecomer_AfterTheHead_JoinsFromTheFirstByte()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 150_000));
        using var first = await open.WaitAsync(Deadline.Value);
        await first.ReadUpToAsync(150_000);

        using var late = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        Assert.Equal(CacheResult.Joined, late.Result);
        Assert.Equal(Body[..150_000], await late.ReadUpToAsync(150_000));
        call.Send(Body.AsSpan(150_000)).End();
        Assert.Equal(Body, await late.ReadAllAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Head_FetchUnderWay_SendsNothingUpstream(bool headIsIn)
    {
        await using var fixture = new CacheFixture();
        var get = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        if (headIsIn)
        {
            call.Head(200, Body.Length).Send(Body.AsSpan(0, 1000));
            await get.WaitAsync(Deadline.Value);
        }

        var head = fixture.OpenAsync(new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, HeadOnly = true });
        if (!headIsIn) call.Head(200, Body.Length).Send(Body.AsSpan(0, 1000));
        using (var known = await head.WaitAsync(Deadline.Value))
        {
            Assert.Equal((CacheResult.Joined, 200, (long?)Body.Length), (known.Result, known.Head.Status, known.Length));
        }

        call.Send(Body.AsSpan(1000)).End();
        using var whole = await get.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await whole.ReadAllAsync());
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fetch_InvalidatedUnderWay_ServesOnlyThoseWhoWait(bool byPurge)
    {
        await using var fixture = new CacheFixture();
        var before = fixture.OpenAsync(CacheFixture.Request());
        var old = await fixture.Upstream.NextAsync();
        if (byPurge) fixture.Cache.Purge(null, "/");
        else await fixture.Cache.InvalidateAsync(CacheFixture.Request().Address);
        var after = fixture.OpenAsync(CacheFixture.Request());
        var fresh = await fixture.Upstream.NextAsync();
        fresh.Answer(200, [2]);
        using (var reply = await after.WaitAsync(Deadline.Value)) Assert.Equal([2], await reply.ReadAllAsync());
        old.Answer(200, [1]);
        using (var reply = await before.WaitAsync(Deadline.Value)) Assert.Equal([1], await reply.ReadAllAsync());
        var (result, body) = await fixture.GetAsync(CacheFixture.Request());
        Assert.Equal(CacheResult.Hit, result);
        Assert.Equal([2], body);
    }

    [Fact]
    public async Task Starter_FailsBeforeTheHead_EveryFollowerLearnsWhy()
    {
        await using var fixture = new CacheFixture();
        var opens = Enumerable.Range(0, 5).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.TimedOut, tries: 4);
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            Assert.Equal(CacheResult.Failed, reply.Result);
            Assert.Equal(OriginFailure.TimedOut, reply.Failure);
            Assert.Equal(4, reply.Tries);
        }

        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData("no-cache", true)]
    [InlineData("max-age=0", true)]
    [InlineData("max-age=60", false)]
    [InlineData("max-age=0, stale-while-revalidate=60", false)]
    // Upstream states nothing but the version.
    [InlineData("", true)]
    public async Task Followers_OfARouteRequest_ShareOnlyResponsesFreshWithoutRevalidation(string cacheControl, bool isEachOnesOwn)
    {
        await using var fixture = new CacheFixture();
        var known = new StorageRules { CookiesArePersonal = true, NegativeLifetime = TimeSpan.Zero, UpstreamSeesAsker = true };
        var opens = new[] { "alice", "bob", "carol" }.Select(who => fixture.OpenAsync(CacheFixture.Request(rules: known, fields: ("Cookie", who)))).ToArray();
        var first = await fixture.Upstream.NextAsync();
        Assert.Equal(1, fixture.Upstream.Count);
        fixture.Upstream.Answers = Answer;
        Answer(first);
        var got = new List<string>();
        foreach (var open in opens)
        {
            using var reply = await open.WaitAsync(Deadline.Value);
            got.Add(Encoding.ASCII.GetString(await reply.ReadAllAsync()));
        }

        Assert.Equal(isEachOnesOwn ? ["alice", "bob", "carol"] : ["alice", "alice", "alice"], got);

        void Answer(UpstreamCall call)
        {
            var who = call.Request.Fields.ToArray().Single(f => f.Is("Cookie")).Value;
            call.Answer(200, Encoding.ASCII.GetBytes(who), ("Cache-Control", cacheControl), ("ETag", $"\"{who}\""));
        }
    }

    [Fact]
    public async Task Followers_HeuristicFreshnessAndCookie_DoNotShare()
    {
        await using var fixture = new CacheFixture();
        var anonymous = fixture.OpenAsync(CacheFixture.Request(rules: new StorageRules { UpstreamSeesAsker = true, MayGuess = true }));
        var known = fixture.OpenAsync(CacheFixture.Request(rules: new StorageRules { UpstreamSeesAsker = true }, fields: ("Cookie", "bob")));
        fixture.Upstream.Answers = call => call.Answer(200, Body, ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"));
        (await fixture.Upstream.NextAsync()).Answer(200, Body, ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"));
        using var one = await anonymous.WaitAsync(Deadline.Value);
        using var other = await known.WaitAsync(Deadline.Value);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Followers_ResponseNotCacheable_FetchThemselves()
    {
        await using var fixture = new CacheFixture();
        var opens = Enumerable.Range(0, 4).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        (await fixture.Upstream.NextAsync()).Answer(200, Body, ("Cache-Control", "private"));
        for (var i = 1; i < 4; i++) (await fixture.Upstream.NextAsync()).Answer(200, CacheFixture.Bytes(1000, i), ("Cache-Control", "private"));
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);
        var lengths = new List<int>();
        foreach (var reply in replies)
        {
            Assert.Equal(CacheResult.Passed, reply.Result);
            Assert.Equal(PassReason.Private, reply.Pass);
            lengths.Add((await reply.ReadAllAsync()).Length);
            reply.Dispose();
        }

        Assert.Equal([1000, 1000, 1000, Body.Length], lengths.Order());
        await Deadline.Until(() => fixture.Parts.Pool.Lent == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Followers_SlowHead_WaitForOneUpstreamRequest(bool isHeldBackOnPurpose)
    {
        await using var fixture = new CacheFixture();
        CacheRequest Request() => new()
        {
            Address = new MediaAddress("origin", "/a/seg1", "?_HLS_msn=7"),
            Rules = CacheFixture.Segments,
            Patience = isHeldBackOnPurpose ? TimeSpan.FromSeconds(6) : null,
        };
        var opens = new List<Task<CacheReply>>();
        for (var i = 0; i < 20; i++)
        {
            opens.Add(fixture.OpenAsync(Request()));
            fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        (await fixture.Upstream.NextAsync()).Answer(200, Body);
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value))
        {
            Assert.Equal(Body, await reply.ReadAllAsync());
            reply.Dispose();
        }

        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Shutdown_WaitersAndReaders_EndWithStopping()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request("/a/1"));
        (await fixture.Upstream.NextAsync()).Head(200, Body.Length).Send(Body.AsSpan(0, 10));
        using var reading = await open.WaitAsync(Deadline.Value);
        await reading.ReadUpToAsync(10);
        var read = reading.ReadAsync(10, default).AsTask();
        var waiting = fixture.OpenAsync(CacheFixture.Request("/a/2"));
        await fixture.Upstream.NextAsync();

        await fixture.Cache.DisposeAsync();
        using var failed = await waiting.WaitAsync(Deadline.Value);
        Assert.Equal(OriginFailure.Stopping, failed.Failure);
        var broken = await Assert.ThrowsAsync<BrokenBodyException>(() => read.WaitAsync(Deadline.Value));
        Assert.Equal(OriginFailure.Stopping, broken.Failure);
    }

    [Fact]
    public async Task Reader_StallsOnStoredBody_StopsNobody()
    {
        await using var fixture = new CacheFixture();
        var big = CacheFixture.Bytes(2_000_000);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, big.Length);
        using var stalled = await open.WaitAsync(Deadline.Value);
        using var other = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        call.Send(big).End();
        Assert.Equal(big, await other.ReadAllAsync());
        Assert.Equal(big, await stalled.ReadAllAsync());
    }
}
