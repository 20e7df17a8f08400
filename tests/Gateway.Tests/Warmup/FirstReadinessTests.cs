using Gateway.Testing;
using Gateway.Warmup;

namespace Gateway.Tests.Warmup;

public sealed class FirstReadinessTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Wait_WithoutAWarmup_EndsAtOnce() => Assert.True(new FirstReadiness(_clock).WaitAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);

    [Fact]
    public async Task Wait_AfterAWarmup_EndsWithTheRestOfTheCompilerOrTheLimit()
    {
        var readiness = new FirstReadiness(_clock);
        readiness.Await();

        var first = readiness.WaitAsync(TestContext.Current.CancellationToken);
        var second = readiness.WaitAsync(TestContext.Current.CancellationToken);

        // The clock stands still, so neither the compiler's rest nor the limit can have come.
        Assert.False(first.IsCompleted || second.IsCompleted);
        await _clock.AdvanceUntilAsync(() => first.IsCompleted && second.IsCompleted, TimeSpan.FromMilliseconds(500));
        await first;
        await second;
        Assert.True(readiness.WaitAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Wait_OfAProbeThatLeft_EndsForItAlone()
    {
        var readiness = new FirstReadiness(_clock);
        readiness.Await();
        using var leaves = new CancellationTokenSource();

        var left = readiness.WaitAsync(leaves.Token);
        var stays = readiness.WaitAsync(TestContext.Current.CancellationToken);
        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.False(stays.IsCompleted);
        await _clock.AdvanceUntilAsync(() => stays.IsCompleted, TimeSpan.FromMilliseconds(500));
        await stays;
    }
}
