using Gateway.Load.Links;
using Gateway.Testing;

namespace Gateway.Tests.Load.Links;

public sealed class EventLoopTests
{
    [Fact]
    public void VirtualLoop_ManyEvents_FireInOrderOfMomentThenOfSchedule()
    {
        var loop = new VirtualLoop();
        using var seen = new Recorder(loop);
        var dice = new Random(1);
        var expected = new List<(long At, long Tag)>();
        for (var i = 0; i < 5000; i++)
        {
            var at = dice.Next(300);
            expected.Add((at, i));
            loop.Schedule(TimeSpan.FromTicks(at), seen, i);
        }

        loop.Run(TimeSpan.MaxValue);

        Assert.Equal(expected.OrderBy(e => e.At).ThenBy(e => e.Tag), seen.Fired);
        Assert.Equal(5000, loop.Fired);
    }

    [Fact]
    public void VirtualLoop_EventInThePast_FiresNowBehindWhatIsDue()
    {
        var loop = new VirtualLoop();
        using var seen = new Recorder(loop);
        loop.RunUntil(TimeSpan.FromSeconds(5));
        loop.Schedule(TimeSpan.FromSeconds(5), seen, 1);
        loop.Schedule(TimeSpan.FromSeconds(1), seen, 2);

        loop.RunUntil(TimeSpan.FromSeconds(6));

        Assert.Equal([(TimeSpan.FromSeconds(5).Ticks, 1L), (TimeSpan.FromSeconds(5).Ticks, 2L)], seen.Fired);
        Assert.Equal(TimeSpan.FromSeconds(6), loop.Now);
    }

    [Fact]
    public async Task RealTimeLoop_EventsAndPosts_FireWhenTheClockHasComeThere()
    {
        var clock = new ManualTimeProvider();
        using var loop = new RealTimeLoop(clock);
        using var stop = new CancellationTokenSource();
        using var seen = new Recorder(loop);
        loop.Schedule(TimeSpan.FromSeconds(2), seen, 1);
        var running = loop.RunAsync(stop.Token);
        Assert.Empty(seen.Fired);

        loop.Post(seen, 7);
        await seen.WaitAsync(1);
        await clock.AdvanceUntilAsync(() => seen.Count > 1, TimeSpan.FromMilliseconds(500));
        await stop.CancelAsync();
        await running;

        Assert.Equal([7L, 1L], seen.Fired.Select(f => f.Tag));
        Assert.True(seen.Fired[1].At >= TimeSpan.FromSeconds(2).Ticks);
    }

    private sealed class Recorder(EventLoop loop) : IScheduled, IDisposable
    {
        private readonly SemaphoreSlim _fired = new(0);
        private volatile int _count;

        public List<(long At, long Tag)> Fired { get; } = [];

        public int Count => _count;

        public void Dispose() => _fired.Dispose();

        public void Fire(long tag)
        {
            Fired.Add((loop.Now.Ticks, tag));
            _count++;
            _fired.Release();
        }

        public async Task WaitAsync(int times)
        {
            for (; times > 0; times--) Assert.True(await _fired.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        }
    }
}
