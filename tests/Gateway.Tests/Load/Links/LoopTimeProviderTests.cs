using Gateway.Load.Links;

namespace Gateway.Tests.Load.Links;

public sealed class LoopTimeProviderTests
{
    [Fact]
    public void Timer_OnAVirtualLoop_FiresInVirtualTime()
    {
        var loop = new VirtualLoop();
        var time = new LoopTimeProvider(loop);
        var fired = new List<DateTimeOffset>();
        using var timer = time.CreateTimer(_ => fired.Add(time.GetUtcNow()), null, TimeSpan.FromHours(1), TimeSpan.FromHours(2));
        var began = time.GetTimestamp();

        loop.RunUntil(TimeSpan.FromHours(4));
        timer.Dispose();
        loop.RunUntil(TimeSpan.FromHours(9));

        Assert.Equal([new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero), new(2026, 1, 1, 3, 0, 0, TimeSpan.Zero)], fired);
        Assert.Equal(TimeSpan.FromHours(9), time.GetElapsedTime(began));
    }
}
