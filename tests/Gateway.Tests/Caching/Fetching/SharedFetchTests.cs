using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Fetching;

/// <summary>A response that is not stored is shared while it arrives, where its rules allow it, and a fetch ahead does not stand in demand's way.</summary>
public sealed class SharedFetchTests : CoalescingReaders
{
    [Fact]
    public async Task Prefetch_TooEarly_IsFetchedOnceMoreForAllTogether()
    {
        await using var fixture = new CacheFixture();
        Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request()));
        var early = await fixture.Upstream.NextAsync();
        var opens = Enumerable.Range(0, Crowd).Select(_ => fixture.OpenAsync(CacheFixture.Request())).ToArray();
        early.Answer(404, []);
        (await fixture.Upstream.NextAsync()).Answer(200, Body);
        await ReadAsync(opens);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Shared_NotStored_IsJoinedWhileItArrives()
    {
        await using var fixture = new CacheFixture();
        var request = CacheFixture.Request(rules: new StorageRules { ShareUnkept = true });
        var open = fixture.OpenAsync(request);
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, null, ("Cache-Control", "no-store")).Send(Body.AsSpan(0, 10));
        using var first = await open.WaitAsync(Deadline.Value);
        await first.ReadUpToAsync(10);
        using var late = await fixture.OpenAsync(request).WaitAsync(Deadline.Value);
        call.Send(Body.AsSpan(10)).End();
        Assert.Equal(Body, await late.ReadAllAsync());
        Assert.Equal((CacheResult.Joined, true, false), (late.Result, late.Collapsed, late.Stored));
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);

        // It is over, and nothing of it may answer anybody.
        var next = fixture.OpenAsync(request);
        (await fixture.Upstream.NextAsync()).Answer(200, [2], ("Cache-Control", "no-store"));
        using var other = await next.WaitAsync(Deadline.Value);
        Assert.Equal([2], await other.ReadAllAsync());
    }

    [Fact]
    public async Task Shared_SelectedByOtherFields_IsNotJoinedWhileItArrives()
    {
        await using var fixture = new CacheFixture();
        var rules = new StorageRules { ShareUnkept = true };
        var open = fixture.OpenAsync(CacheFixture.Request("/a", rules, ("Accept-Language", "de")));
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, null, ("Cache-Control", "no-store"), ("Vary", "Accept-Language")).Send(1);
        using var german = await open.WaitAsync(Deadline.Value);
        var other = fixture.OpenAsync(CacheFixture.Request("/a", rules, ("Accept-Language", "fr")));
        (await fixture.Upstream.NextAsync()).Answer(200, [2], ("Cache-Control", "no-store"), ("Vary", "Accept-Language"));
        using var french = await other.WaitAsync(Deadline.Value);
        Assert.Equal([2], await french.ReadAllAsync());
        call.End();
        Assert.Equal([1], await german.ReadAllAsync());
    }

    [Fact]
    public async Task Playlist_NotStorableTenThousandViewers_IsPolledAFewTimesASecond()
    {
        const int viewers = 10_000;
        const int steps = 200;
        var step = TimeSpan.FromMilliseconds(50);
        await using var fixture = new CacheFixture();
        var request = CacheFixture.Request("/live.m3u8", new StorageRules { ShareUnkept = true });
        var due = new Queue<(int Step, UpstreamCall Call)>();
        var now = 0;
        // Upstream takes 200 ms; each viewer asks once in two seconds, at a moment of its own.
        fixture.Upstream.Answers = call => due.Enqueue((now + 4, call));
        var open = new List<Task<CacheReply>>();
        var polls = 0;
        for (; now < steps; now++)
        {
            while (due.TryPeek(out var next) && next.Step <= now)
            {
                due.Dequeue().Call.Answer(200, Body.AsSpan(0, 1000).ToArray(), ("Cache-Control", "no-store"));
                await ReadAsync(open);
                open.Clear();
                await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
            }

            for (var i = 0; i < viewers * step / TimeSpan.FromSeconds(2); i++, polls++) open.Add(fixture.OpenAsync(request));
            fixture.Clock.Advance(step);
        }

        Assert.Equal(50_000, polls);
        Assert.InRange(fixture.Upstream.Count, 1, 5 * (steps * step).TotalSeconds);
        foreach (var (_, call) in due) call.Answer(200, [1], ("Cache-Control", "no-store"));
        await ReadAsync(open);
    }

    [Fact]
    public async Task Prefetch_RangeIgnored_IsNotFetchedWithoutReaders()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        var request = new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, Range = new ByteRange(0, 1000), Purpose = FetchPurpose.Prefetch };
        var ahead = fixture.Cache.FetchAhead(request)!;
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, 10 << 20).Send(new byte[8 << 20]);
        await ahead.Over.WaitAsync(Deadline.Value);
        Assert.True(call.Cancellation.IsCancellationRequested);
        Assert.Equal((0, 0), (fixture.Parts.Budget.Used, fixture.Parts.Pool.Lent));
    }
}
