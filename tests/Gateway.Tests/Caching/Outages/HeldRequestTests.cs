using Gateway.Caching;
using Gateway.Caching.Store;
using Gateway.Origin;
using static Gateway.Tests.Caching.Outages.OutageRequests;

namespace Gateway.Tests.Caching.Outages;

/// <summary>Requests for segments of films while upstream is away: they wait, few of them ask, and what ends the wait is told to each.</summary>
public sealed class HeldRequestTests
{
    [Fact]
    public async Task Outage_ThatEndsInTime_IsOneAnswerForAllWhoWait()
    {
        await using var fixture = new CacheFixture();
        var waiting = new[] { "/film/seg1", "/film/seg1", "/film/seg1", "/film/seg2" }.Select(p => fixture.OpenAsync(Segment(p))).ToArray();
        await FailAsync(fixture, 2);
        await UntilHeldAsync(fixture, 4);

        // The first of them tries alone, and upstream is back.
        fixture.Clock.Advance(Knobs.TryInterval);
        var call = await fixture.Upstream.NextAsync();
        Assert.Equal(FetchEffort.Once, call.Request.Effort);
        Assert.Equal(3, fixture.Upstream.Count);
        fixture.Upstream.Answers = static c => c.Answer(200, Body);
        call.Answer(200, Body);

        foreach (var reply in await Task.WhenAll(waiting).WaitAsync(Deadline.Value))
        {
            Assert.Equal(Body, await reply.ReadAllAsync());
            reply.Dispose();
        }

        // One more for the other object; the same one was there for the others.
        Assert.Equal(4, fixture.Upstream.Count);
        Assert.Equal((0, 0), (fixture.Outages.Held, fixture.Outages.Count));
    }

    [Theory]
    [InlineData(nameof(OriginFailure.Unreachable))]
    [InlineData(nameof(OriginFailure.TimedOut))]
    [InlineData(nameof(OriginFailure.CircuitOpen))]
    [InlineData(nameof(OriginFailure.NoDestination))]
    public async Task Outage_BeyondPatience_EndsWithItsFailure(string name)
    {
        var failure = Enum.Parse<OriginFailure>(name);
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Fail(failure);
        var open = fixture.OpenAsync(Segment());
        await UntilHeldAsync(fixture, 1);
        fixture.Clock.Advance(Knobs.Patience - TimeSpan.FromTicks(1));
        Assert.False(open.IsCompleted);
        await fixture.Clock.AdvanceUntilAsync(() => open.IsCompleted, TimeSpan.FromTicks(1));

        using var reply = await open;
        Assert.Equal((CacheResult.Failed, failure), (reply.Result, reply.Failure));
        Assert.Equal((0, 0), (fixture.Outages.Held, fixture.Outages.Count));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Outage_ThatAnswersErrors_EndsWithItsStatus(int status)
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(status, [1, 2, 3]);
        var open = fixture.OpenAsync(Segment());
        await UntilHeldAsync(fixture, 1);
        await fixture.Clock.AdvanceUntilAsync(() => open.IsCompleted, Knobs.Patience);

        using var reply = await open;
        Assert.Null(reply.Failure);
        Assert.Equal((CacheResult.Passed, status, (int?)status), (reply.Result, reply.Head.Status, reply.ForwardStatus));
    }

    /// <summary>Upstream came back with a head and nothing more: the same client waits once more, for what is left of his nine seconds.</summary>
    [Fact]
    public async Task Body_ThatBreaksBeforeItsFirstByte_WaitsForWhatIsLeft()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(Segment());
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await UntilHeldAsync(fixture, 1);
        fixture.Clock.Advance(Knobs.TryInterval);
        (await fixture.Upstream.NextAsync()).Head(200, Body.Length).Break();
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        using var reply = await open.WaitAsync(Deadline.Value);
        var read = reply.ReadAsync(0, CancellationToken.None).AsTask();
        await UntilHeldAsync(fixture, 1);
        fixture.Clock.Advance(Knobs.Patience - Knobs.TryInterval);
        await Assert.ThrowsAsync<BrokenBodyException>(() => read.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System));
    }

    [Fact]
    public async Task Outage_ManyWhoWait_CostsUpstreamOneTryAnInterval()
    {
        await using var fixture = await KnownAsync();
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        var waiting = Enumerable.Range(0, 300).Select(i => fixture.OpenAsync(Segment($"/film/seg{i}"))).ToArray();
        await UntilHeldAsync(fixture, waiting.Length);
        await Deadline.Until(() => fixture.Outages.IsAway(Segment()));
        var before = fixture.Upstream.Count;

        for (var second = 1; second <= 5; second++)
        {
            fixture.Clock.Advance(Knobs.TryInterval);
            await Deadline.Until(() => fixture.Upstream.Count == before + second);
            // The one that tried waits again.
            await UntilHeldAsync(fixture, waiting.Length);
        }

        // Who comes meanwhile asks upstream nothing at all.
        var late = fixture.OpenAsync(Segment("/film/late"));
        await UntilHeldAsync(fixture, waiting.Length + 1);
        Assert.Equal(FetchEffort.HeldElsewhere, await LastEffortAsync(fixture, "/film/later"));
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.Clock.AdvanceUntilAsync(() => late.IsCompleted && waiting.All(w => w.IsCompleted), Knobs.TryInterval);
        foreach (var reply in await Task.WhenAll([.. waiting, late])) reply.Dispose();
    }

    [Fact]
    public async Task Client_ThatLeaves_FreesItsPlaceAtOnce()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        using var leaving = new CancellationTokenSource();
        var open = fixture.OpenAsync(Segment(), leaving.Token);
        await UntilHeldAsync(fixture, 1);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        Assert.Equal((0, 0), (fixture.Outages.Held, fixture.Outages.Count));
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Client_ThatLeavesAmidItsTry_LeavesTheNextOneToOthers()
    {
        await using var fixture = new CacheFixture();
        using var leaving = new CancellationTokenSource();
        var first = fixture.OpenAsync(Segment("/film/seg1"), leaving.Token);
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await UntilHeldAsync(fixture, 1);
        var second = fixture.OpenAsync(Segment("/film/seg2"));
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await UntilHeldAsync(fixture, 2);
        fixture.Clock.Advance(Knobs.TryInterval);
        Assert.Equal("/film/seg1", (await fixture.Upstream.NextAsync()).Request.Address.Path);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Deadline.Value));

        await fixture.Clock.AdvanceUntilAsync(() => fixture.Upstream.Count == 4, Knobs.TryInterval);
        var call = await fixture.Upstream.NextAsync();
        Assert.Equal("/film/seg2", call.Request.Address.Path);
        call.Answer(200, Body);
        using var reply = await second.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(429)]
    public async Task DefiniteAnswer_AmidTheWait_IsPassedOn(int status)
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(Segment());
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await UntilHeldAsync(fixture, 1);
        fixture.Clock.Advance(Knobs.TryInterval);
        (await fixture.Upstream.NextAsync()).Answer(status, []);

        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal((null, status), (reply.Failure, reply.Head.Status));
        await Deadline.Until(() => fixture.Outages.Count == 0);
    }

    [Fact]
    public async Task Answer_ThatSaysWhenToComeBack_IsPassedOn()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(503, [], ("Retry-After", "30"));
        using var reply = await fixture.OpenAsync(Segment()).WaitAsync(Deadline.Value);
        Assert.Equal((503, "30"), (reply.Head.Status, reply.Head["Retry-After"]));
        Assert.Equal(0, fixture.Outages.Count);
    }

    /// <summary>What upstream allows to be served while it fails is served, whether it answers with an error or not at all.</summary>
    [Theory]
    [InlineData(nameof(OriginFailure.Unreachable))]
    [InlineData(nameof(OriginFailure.CircuitOpen))]
    [InlineData(null)]
    public async Task StaleCopy_WhileUpstreamIsAway_IsServedAtOnce(string? failure)
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body, ("Cache-Control", "max-age=1, stale-if-error=600"), ("ETag", "\"1\""));
        await fixture.GetAsync(Segment());
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        fixture.Upstream.Answers = call =>
        {
            if (failure is null) call.Answer(503, []);
            else call.Fail(Enum.Parse<OriginFailure>(failure));
        };

        using var reply = await fixture.OpenAsync(Segment()).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        Assert.Equal(CacheResult.StaleIfError, reply.Result);
        Assert.Equal(Body, await reply.ReadAllAsync());
    }

    /// <summary>Signs of life count against an object that failed in spite of them, not against a request that has asked nothing yet.</summary>
    [Fact]
    public async Task Request_ThatHasAskedNothingYet_IsNotRefused()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/seg1"));
        var asked = 0;
        fixture.Upstream.Answers = call =>
        {
            if (call.Request.Address.Path == "/film/wanted" && call.Request.Effort != FetchEffort.HeldElsewhere) Interlocked.Increment(ref asked);
            call.Answer(503, []);
        };
        var others = new List<Task<CacheReply>>();
        Task<CacheReply>? wanted = null;
        for (var round = 0; round < 3; round++)
        {
            // Away for certain, as others have found out.
            var held = fixture.Outages.Held;
            for (var i = 0; i < 2; i++) others.Add(fixture.OpenAsync(Segment($"/film/other{round}{i}")));
            await Deadline.Until(() => fixture.Outages.IsAway(Segment()) && fixture.Outages.Held >= held + 2);
            if (wanted is null)
            {
                held = fixture.Outages.Held;
                wanted = fixture.OpenAsync(Segment("/film/wanted"));
                await UntilHeldAsync(fixture, held + 1);
            }

            if (asked > 0) break;
            fixture.Outages.Answered(Segment(), isByUpstream: true);
            await Deadline.Until(() => fixture.Outages.Held > 0 || wanted.IsCompleted || asked > 0);
        }

        Assert.False(wanted!.IsCompleted && asked == 0);
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.Clock.AdvanceUntilAsync(() => wanted.IsCompleted && others.All(static o => o.IsCompleted), Knobs.TryInterval);
        using (var reply = await wanted) Assert.Equal(Body, await reply.ReadAllAsync());
        foreach (var other in others) (await other).Dispose();
    }

    private static async Task<FetchEffort> LastEffortAsync(CacheFixture fixture, string path)
    {
        FetchEffort? effort = null;
        fixture.Upstream.Answers = call =>
        {
            effort = call.Request.Effort;
            call.Fail(OriginFailure.CircuitOpen);
        };
        using var leaving = new CancellationTokenSource();
        var held = fixture.Outages.Held;
        var open = fixture.OpenAsync(Segment(path), leaving.Token);
        await UntilHeldAsync(fixture, held + 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        return effort!.Value;
    }
}
