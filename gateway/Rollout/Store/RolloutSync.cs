using Gateway.Rollout.Control;

namespace Gateway.Rollout.Store;

/// <summary>
/// Keeps this node's roll-out the same as the store's: reads it at each <see cref="Turn"/>, so that a change on one node holds on all within a second. One owner, one timer; a turn that fails is tried
/// again by the next, and meanwhile the node keeps what it last knew.
/// </summary>
internal sealed partial class RolloutSync(RolloutControl control, TimeProvider time, ILogger<RolloutSync> log) : BackgroundService
{
    internal static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    /// <summary>Tries once before the first request, so that a restart does not recommend what was reverted.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TakeTurnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TakeTurnAsync(CancellationToken stopping)
    {
        try
        {
            await control.TakeTurnAsync(stopping);
        }
        catch (Exception e) when (RolloutStore.IsAway(e, stopping))
        {
            // The session store writer uses the same database and logs the outage.
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // A bug must not stop all later turns, and with them the host.
            LogTurnFailed(e);
        }
    }

    // Next free id: 1211.
    [LoggerMessage(1210, LogLevel.Error, "Reading the shared roll-out failed; the next attempt runs as planned", EventName = nameof(LogTurnFailed))]
    private partial void LogTurnFailed(Exception exception);
}
