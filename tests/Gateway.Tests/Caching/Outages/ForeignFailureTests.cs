using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Media;
using Gateway.Origin;
using static Gateway.Tests.Caching.Outages.OutageRequests;

namespace Gateway.Tests.Caching.Outages;

/// <summary>What a client's own requests bring about must not hold up the others of the title, nor take their patience away.</summary>
public sealed class ForeignFailureTests
{
    /// <summary>An origin may answer anything to what a client invents: with an error, by hanging, by a reset.</summary>
    [Theory]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData(503, true)]
    [InlineData(503, false)]
    public async Task Title_OfWhichMadeUpPathsFail_IsServedAtOnce(int? status, bool isKnown)
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => Answer(call, call.Request.Address.Path.Contains("/x", StringComparison.Ordinal), status);
        if (isKnown) await fixture.GetAsync(Segment("/film/seg1"));
        var hostile = Enumerable.Range(0, 20).Select(i => fixture.OpenAsync(Segment($"/film/x{i}"))).ToArray();
        await Deadline.Until(() => fixture.Upstream.Count >= hostile.Length);

        // The clock stands still: nobody waits for a turn.
        for (var i = 2; i < 6; i++) Assert.Equal(Body, (await fixture.GetAsync(Segment($"/film/seg{i}"))).Body);
        await fixture.Clock.AdvanceUntilAsync(() => hostile.All(static h => h.IsCompleted), Knobs.TryInterval);
        foreach (var reply in await Task.WhenAll(hostile)) reply.Dispose();
        Assert.Equal((0, 0), (fixture.Outages.Held, fixture.Outages.Count));
    }

    /// <summary>An origin need not answer a segment's own path with a query, nor at all where a client asks beyond its end.</summary>
    [Fact]
    public async Task Title_OfWhichSlicesFail_IsServedAtOnce()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => Answer(call, call.Request.Range is { Offset: > 0 }, null, 206, ("Content-Range", $"bytes 0-{Body.Length - 1}/{Body.Length}"));
        var hostile = Enumerable.Range(1, 5).Select(i => fixture.OpenAsync(File("/film/whole.mp4", i * 1L << 30))).ToArray();
        await Deadline.Until(() => fixture.Upstream.Count >= hostile.Length);

        Assert.Equal(Body, (await fixture.GetAsync(File("/film/whole.mp4", 0))).Body);
        await fixture.Clock.AdvanceUntilAsync(() => hostile.All(static h => h.IsCompleted), Knobs.TryInterval);
        foreach (var reply in await Task.WhenAll(hostile)) reply.Dispose();
    }

    [Fact]
    public async Task Segment_GivenLastAndBrokenNow_HoldsUpNobody()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/seg1"));
        await fixture.GetAsync(Segment("/film/seg2"));
        await fixture.Cache.InvalidateAsync(Address("/film/seg2"));
        fixture.Upstream.Answers = static call => Answer(call, call.Request.Address.Path == "/film/seg2", 503);
        using var reply = await fixture.OpenAsync(Segment("/film/seg2")).WaitAsync(Deadline.Value);
        Assert.Equal(503, reply.Head.Status);
        Assert.Equal((0, 0), (fixture.Outages.Held, fixture.Outages.Count));
    }

    /// <summary>500 and 429 are answers of a working origin: a segment that is broken must not make the title count as away because of them.</summary>
    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(404)]
    public async Task Witness_ThatSaysNeither_LeavesTheTitleAlone(int status)
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/seg1"));
        fixture.Upstream.Answers = call => call.Answer(call.Request.Address.Path == "/film/seg1" ? status : call.Request.Address.Path == "/film/broken" ? 503 : 200, Body);
        var broken = fixture.OpenAsync(Segment("/film/broken"));
        await Deadline.Until(() => fixture.Outages.Held == 1 && fixture.Upstream.Count == 3);

        Assert.Equal(Body, (await fixture.GetAsync(Segment("/film/seg2"))).Body);
        await fixture.Clock.AdvanceUntilAsync(() => broken.IsCompleted, Knobs.TryInterval);
        (await broken).Dispose();
    }

    [Fact]
    public async Task NotFound_OfOneClient_TakesNobodysPatience()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/seg1"));
        // A server before the origin that is away still knows a bad request when it sees one.
        fixture.Upstream.Answers = static call => call.Answer(call.Request.Address.Query.Length > 0 ? 414 : 503, []);
        var waiting = fixture.OpenAsync(Segment("/film/seg2"));
        await UntilHeldAsync(fixture, 1);
        for (var i = 0; i < 4; i++)
        {
            using var bad = await fixture.OpenAsync(new CacheRequest { Address = new MediaAddress("origin", "/film/seg1", $"?x={i}"), Rules = StorageRules.Media }).WaitAsync(Deadline.Value);
            Assert.Equal(414, bad.Head.Status);
            await UntilHeldAsync(fixture, 1);
        }

        Assert.False(waiting.IsCompleted);
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.Clock.AdvanceUntilAsync(() => waiting.IsCompleted, Knobs.TryInterval);
        using var reply = await waiting;
        Assert.Equal(Body, await reply.ReadAllAsync());
    }

    /// <summary>Who waits has no turn before all who came first: a hundred of them, and it would have none in time.</summary>
    [Fact]
    public async Task Title_ThatIsBackWhileManyBrokenRequestsWait_IsServedWithinTwoTries()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/seg1"));
        fixture.Upstream.Answers = static call => call.Answer(503, []);
        var hostile = Enumerable.Range(0, 100).Select(i => fixture.OpenAsync(Segment($"/film/x{i}"))).ToArray();
        await UntilHeldAsync(fixture, hostile.Length);
        var waiting = fixture.OpenAsync(Segment("/film/seg2"));
        await UntilHeldAsync(fixture, hostile.Length + 1);

        fixture.Upstream.Answers = call => Answer(call, call.Request.Address.Path.Contains("/x", StringComparison.Ordinal), 503);
        for (var i = 0; i < 2; i++)
        {
            var before = fixture.Upstream.Count;
            fixture.Clock.Advance(Knobs.TryInterval);
            await Deadline.Until(() => fixture.Upstream.Count > before && (fixture.Outages.Held == hostile.Length + 1 || waiting.IsCompleted || fixture.Outages.Held == 0));
        }

        using var reply = await waiting.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        Assert.Equal(Body, await reply.ReadAllAsync());
        await fixture.Clock.AdvanceUntilAsync(() => hostile.All(static h => h.IsCompleted), Knobs.TryInterval);
        foreach (var other in await Task.WhenAll(hostile)) other.Dispose();
    }

    /// <summary>What upstream does not answer at all, be it one client's path or the witness, takes no turn from the others.</summary>
    [Theory]
    [InlineData("/film/x")]
    [InlineData("/film/seg1")]
    public async Task Turn_ThatHangs_IsNobodyElses(string hanging)
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/seg1"));
        fixture.Upstream.Answers = static call => call.Answer(503, []);
        var hostile = fixture.OpenAsync(Segment("/film/x"));
        await UntilHeldAsync(fixture, 1);
        await Deadline.Until(() => fixture.Outages.IsAway(Segment("/film/x")));
        var waiting = fixture.OpenAsync(Segment("/film/seg2"));
        await UntilHeldAsync(fixture, 2);

        var hangs = 0;
        fixture.Upstream.Answers = call =>
        {
            if (call.Request.Address.Path == hanging) Interlocked.Increment(ref hangs);
            else if (call.Request.Address.Path == "/film/x") call.Answer(503, []);
            else call.Answer(200, Body);
        };
        await fixture.Clock.AdvanceUntilAsync(() => waiting.IsCompleted, Knobs.TryInterval);
        using (var reply = await waiting) Assert.Equal(Body, await reply.ReadAllAsync());
        Assert.True(hangs > 0, "Nothing hung.");
        if (hanging == "/film/x") return;
        await fixture.Clock.AdvanceUntilAsync(() => hostile.IsCompleted, Knobs.TryInterval);
        (await hostile).Dispose();
    }

    /// <summary>A session may ask for any path; what lies outside its title says nothing about that.</summary>
    [Fact]
    public async Task Path_OutsideTheTitle_IsNoWitnessOfIt()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/seg1"));
        await fixture.GetAsync(new CacheRequest { Address = Address("/elsewhere/seg1"), Rules = StorageRules.Media, Title = "/film/" });
        fixture.Upstream.Answers = static call => Answer(call, call.Request.Address.Path is "/elsewhere/seg1" or "/film/broken", 503);
        using var broken = await fixture.OpenAsync(Segment("/film/broken")).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        Assert.Equal(503, broken.Head.Status);
    }

    private static void Answer(UpstreamCall call, bool isBad, int? status, int good = 200, params (string Name, string Value)[] fields)
    {
        if (!isBad) call.Answer(good, Body, fields);
        else if (status is { } answered) call.Answer(answered, []);
        else call.Fail(OriginFailure.TimedOut);
    }

    private static CacheRequest Segment(string path) => new() { Address = Address(path), Rules = StorageRules.Media, AwaitsOrigin = true, Title = "/film/" };

    private static CacheRequest File(string path, long offset) => new() { Address = Address(path), Rules = StorageRules.Media, AwaitsOrigin = true, Title = "/film/", Range = new ByteRange(offset, 100) };
}
