using System.Diagnostics.Metrics;
using Gateway.Caching;
using Gateway.Caching.Outages;
using Gateway.Caching.Policy;
using Gateway.Media;
using Gateway.Origin;
using static Gateway.Tests.Caching.Outages.OutageRequests;

namespace Gateway.Tests.Caching.Outages;

/// <summary>Which requests wait while upstream is away, for what, and in what number.</summary>
public sealed class HeldRequestKindsTests
{
    [Fact]
    public async Task Segment_BrokenByItself_IsRefusedWithoutPatience()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call =>
        {
            if (call.Request.Address.Path == "/film/broken") call.Answer(503, []);
            else call.Answer(200, Body);
        };
        await fixture.GetAsync(Segment("/film/seg1"));

        // The clock stands still: what upstream gave last of the title tells that it is there.
        using var reply = await fixture.OpenAsync(Segment("/film/broken")).WaitAsync(Deadline.Value);
        Assert.Equal(503, reply.Head.Status);
        Assert.Equal((0, 0), (fixture.Outages.Held, fixture.Outages.Count));
    }

    [Fact]
    public async Task LifeOfAnotherTitle_WaitsOn_LifeOfItsOwnGoesOn()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        var open = fixture.OpenAsync(Segment("/film/seg1"));
        await UntilHeldAsync(fixture, 1);
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(CacheFixture.Request("/other/seg1"));
        Assert.Equal(1, fixture.Outages.Held);

        await fixture.GetAsync(CacheFixture.Request("/film/seg2"));
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Gateway_ThatStops_EndsEachWait()
    {
        using var stopping = new CancellationTokenSource();
        await using var fixture = new CacheFixture(stopping: stopping.Token);
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        var open = fixture.OpenAsync(Segment());
        await UntilHeldAsync(fixture, 1);
        await stopping.CancelAsync();

        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(OriginFailure.Stopping, reply.Failure);
        using var next = await fixture.OpenAsync(Segment()).WaitAsync(Deadline.Value);
        Assert.Equal(OriginFailure.Stopping, next.Failure);
    }

    [Fact]
    public async Task Places_AllTaken_RefusesWithTheFailure()
    {
        await using var fixture = new CacheFixture(outage: new OutageOptions { Patience = Knobs.Patience, MaxHeld = 1 });
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        var open = fixture.OpenAsync(Segment("/film/seg1"));
        await UntilHeldAsync(fixture, 1);
        using var refused = await fixture.OpenAsync(Segment("/film/seg2")).WaitAsync(Deadline.Value);
        Assert.Equal(OriginFailure.Unreachable, refused.Failure);

        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.Clock.AdvanceUntilAsync(() => open.IsCompleted, Knobs.TryInterval);
        using var reply = await open;
        Assert.Equal(Body, await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Request_ThatDoesNotWait_IsRefusedAtOnce()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        using var reply = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        Assert.Equal((OriginFailure.Unreachable, 0), (reply.Failure, fixture.Outages.Count));
    }

    [Fact]
    public async Task Patience_OfZero_RefusesAtOnce()
    {
        await using var fixture = new CacheFixture(outage: new OutageOptions { Patience = TimeSpan.Zero });
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        using var reply = await fixture.OpenAsync(Segment()).WaitAsync(Deadline.Value);
        Assert.Equal((OriginFailure.Unreachable, 0), (reply.Failure, fixture.Outages.Count));
    }

    [Fact]
    public async Task Head_WhileUpstreamIsAway_WaitsLikeAGet()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(new CacheRequest { Address = Address("/film/seg1"), Rules = StorageRules.Media, AwaitsOrigin = true, HeadOnly = true });
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await UntilHeldAsync(fixture, 1);
        fixture.Clock.Advance(Knobs.TryInterval);
        (await fixture.Upstream.NextAsync()).Head(200, Body.Length).End();
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal((200, "5000"), (reply.Head.Status, reply.Head["Content-Length"]));
    }

    [Fact]
    public async Task Range_WhileUpstreamIsAway_WaitsAndIsAnswered()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(new CacheRequest { Address = Address("/film/whole.mp4"), Rules = StorageRules.Media, AwaitsOrigin = true, Range = new ByteRange(1000, 500) });
        (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
        await UntilHeldAsync(fixture, 1);
        fixture.Clock.Advance(Knobs.TryInterval);
        (await fixture.Upstream.NextAsync()).Answer(206, Body, ("Content-Range", $"bytes 0-{Body.Length - 1}/{Body.Length}"));
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Prefetch_OfATitleThatIsAway_AsksUpstreamNothing()
    {
        await using var fixture = await KnownAsync();
        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        var waiting = new[] { "/film/seg1", "/film/seg2" }.Select(p => fixture.OpenAsync(Segment(p))).ToArray();
        await UntilHeldAsync(fixture, 2);
        await Deadline.Until(() => fixture.Outages.IsAway(Segment()));
        FetchEffort? effort = null;
        fixture.Upstream.Answers = call =>
        {
            effort = call.Request.Effort;
            call.Fail(OriginFailure.CircuitOpen);
        };
        Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request("/film/seg3")));
        await Deadline.Until(() => effort is not null);
        Assert.Equal(FetchEffort.HeldElsewhere, effort);
        // A prefetch that failed waits for nothing.
        Assert.Equal(2, fixture.Outages.Held);
        await fixture.Clock.AdvanceUntilAsync(() => waiting.All(w => w.IsCompleted), Knobs.Patience);
        foreach (var reply in await Task.WhenAll(waiting)) reply.Dispose();
    }

    [Fact]
    public async Task Client_WhosePrefetchFails_Waits()
    {
        await using var fixture = new CacheFixture();
        Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request("/film/seg1")));
        var call = await fixture.Upstream.NextAsync();
        var open = fixture.OpenAsync(Segment("/film/seg1"));
        call.Fail(OriginFailure.Unreachable);
        await UntilHeldAsync(fixture, 1);
        fixture.Clock.Advance(Knobs.TryInterval);
        (await fixture.Upstream.NextAsync()).Answer(200, Body);
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(Body, await reply.ReadAllAsync());
    }

    [Fact]
    public async Task Metrics_OfEachEnding_CountItOnce()
    {
        await using var fixture = new CacheFixture(outage: new OutageOptions { Patience = Knobs.Patience, MaxHeld = 2 });
        var counted = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (fixture.OutageMetrics.Owns(instrument)) own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            lock (counted) counted[(string)tags[0].Value!] = counted.GetValueOrDefault((string)tags[0].Value!) + value;
        });
        listener.Start();

        fixture.Upstream.Answers = static call => call.Fail(OriginFailure.Unreachable);
        using var leaving = new CancellationTokenSource();
        var left = fixture.OpenAsync(Segment("/film/seg1"), leaving.Token);
        var answered = fixture.OpenAsync(Segment("/film/seg2"));
        await UntilHeldAsync(fixture, 2);
        (await fixture.OpenAsync(Segment("/film/seg3")).WaitAsync(Deadline.Value)).Dispose();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Deadline.Value));
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.Clock.AdvanceUntilAsync(() => answered.IsCompleted, Knobs.TryInterval);
        (await answered).Dispose();

        lock (counted)
        {
            Assert.Equal((1, 1, 1), (counted.GetValueOrDefault("left"), counted.GetValueOrDefault("answered"), counted.GetValueOrDefault("refused")));
            Assert.Equal(3, counted.Values.Sum());
        }
    }
}
