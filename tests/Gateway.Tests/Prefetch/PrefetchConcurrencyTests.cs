using Gateway.Media;
using Gateway.Prefetch;
using Gateway.Tests.Caching;
using Gateway.Timelines;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

/// <summary>Many threads at the <see cref="PrefetchScheduler"/> at once.</summary>
public sealed class PrefetchConcurrencyTests
{
    /// <summary>Many threads take shares in the same and different segments, and give them back in every state: in the end no slot is lost, and each segment has its outcome.</summary>
    [Fact]
    public async Task Slots_ManyThreadsTakeAndGiveBack_NoneIsLost()
    {
        await using var fixture = new PrefetchFixture(o => (o.MaxConcurrent, o.MaxPerSession, o.MaxWaiting) = (4, 2, 8), cache: o => o.LingerTime = TimeSpan.Zero);
        var now = fixture.Caching.Clock.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var viewer = new Lookahead();
            for (var i = 0; i < 2000; i++)
            {
                PrefetchItem?[] shares = [Take($"/shared/{i % 5}", i), Take($"/own/{thread}/{i % 50}", 2000 - i), Take($"/mixed/{i / 100 % 3}", 0)];
                if (i % 3 == 0 && shares[0] is { } first) fixture.Scheduler.Settle(first);
                else if (shares[0] is { } given) fixture.Scheduler.GiveBack([given]);
                foreach (var share in shares.AsSpan(1))
                {
                    if (share is not null) fixture.Scheduler.GiveBack([share]);
                }
            }

            PrefetchItem? Take(string path, int seconds) =>
                fixture.Scheduler.Want(viewer, new RangedAddress(new MediaAddress("origin", path, string.Empty), null), now.AddSeconds(seconds), isCounted: false);
        }))).WaitAsync(Deadline.Value);
        await fixture.QuietAsync();

        // All slots are free again.
        fixture.Answers = false;
        var before = fixture.Calls.Length;
        for (var i = 0; i < 4; i++) fixture.Want($"/after/{i}", now);
        await Deadline.Until(() => fixture.Calls.Length == before + 4);
    }

    [Fact]
    public async Task Segment_WantedByMany_IsFetchedOnceAndGivenUpWithTheLast()
    {
        await using var fixture = new PrefetchFixture { Answers = false };
        var timeline = Of("v", 0, 99);
        var viewers = Enumerable.Range(0, 50).Select(_ => PrefetchFixture.Viewer(("v", timeline))).ToArray();
        await Task.WhenAll(viewers.Select(v => Task.Run(() => fixture.Tell(v, Segment("v", 0)))));
        Assert.Equal(3, fixture.Calls.Length);
        foreach (var viewer in viewers[1..]) viewer.End();
        Assert.All(fixture.Calls, c => Assert.False(c.Cancellation.IsCancellationRequested));
        viewers[0].End();
        Assert.All(fixture.Calls, c => Assert.True(c.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task Requests_ManyOfOneSessionAtOnce_LeaveNothingBehind()
    {
        await using var fixture = new PrefetchFixture(o => (o.MaxConcurrent, o.MaxPerSession, o.MaxWaiting) = (4, 3, 5));
        var viewers = Enumerable.Range(0, 4).Select(_ => PrefetchFixture.Viewer(("v", Of("v", 0, 400)), ("w", Of("w", 0, 400)))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            var random = new Random(n);
            for (var i = 0; i < 300; i++) fixture.Tell(viewers[n % 4], Segment(n % 3 == 0 ? "w" : "v", random.Next(4) == 0 ? random.Next(400) : i));
        })));
        foreach (var viewer in viewers) viewer.End();
        await fixture.QuietAsync();

        // Every slot was given back: as many start at once as before.
        fixture.Answers = false;
        var before = fixture.Calls.Length;
        var starter = new Lookahead();
        for (var i = 0; i < 10; i++) fixture.Scheduler.Want(i < 3 ? starter : new Lookahead(), new RangedAddress(Segment("x", i), null), default, false);
        await Deadline.Until(() => fixture.Calls.Length == before + 4);
    }
}
