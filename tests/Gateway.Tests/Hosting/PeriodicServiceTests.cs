using Gateway.Hosting;
using Gateway.Tests.Caching;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Hosting;

public sealed class PeriodicServiceTests
{
    /// <summary>As a database driver does it whose connection is being opened: a fault that leaves the loop would be told as the host's own, and with the host's last words.</summary>
    [Fact]
    public async Task Stop_AmidATurnThatWrapsTheCancellation_IsNoFault()
    {
        using var stopping = new CancellationTokenSource();
        using var service = new Wrapping();
        var turn = service.TakeTurnAsync(stopping.Token);
        Assert.False(turn.IsCompleted);
        await stopping.CancelAsync();
        await turn.WaitAsync(Deadline.Value);
    }

    private sealed class Wrapping : PeriodicService
    {
        protected override ILogger Logger => NullLogger.Instance;

        protected override PeriodicTimer StartClock() => new(TimeSpan.FromDays(1), TimeProvider.System);

        protected override async Task WorkAsync(CancellationToken stopping)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            }
            catch (OperationCanceledException e)
            {
                throw new IOException("The connection could not be opened.", e);
            }
        }
    }
}
