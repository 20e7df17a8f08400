using Gateway.Sessions;
using Gateway.Sessions.Registry;
using Gateway.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Sessions.Registry;

public sealed class DrainTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Stopping_ListensOnForTheDrainTime_AndTakesNoSessions()
    {
        var drain = New(TimeSpan.FromSeconds(5));
        var stopping = drain.StoppingAsync(TestContext.Current.CancellationToken);
        Assert.True(drain.IsDraining);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(stopping.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await stopping.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_HostWaitsNoLonger_Ends()
    {
        using var patience = new CancellationTokenSource();
        var stopping = New(TimeSpan.FromSeconds(5)).StoppingAsync(patience.Token);
        await patience.CancelAsync();
        await stopping.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Stopping_WithoutDrainTime_EndsAtOnce() => Assert.True(New(TimeSpan.Zero).StoppingAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);

    private Drain New(TimeSpan drainTime) =>
        new(new Lifetime(), new SessionsOptions { DrainTime = drainTime }, _time, NullLogger<Drain>.Instance);

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
