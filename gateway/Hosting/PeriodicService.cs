namespace Gateway.Hosting;

/// <summary>
/// Work that is done at each tick of the clock. One owner, one timer: no turn overlaps another, and one that takes longer than the period is followed by the next at once. A turn that fails is logged, and the next
/// one comes as planned: a bug in it must stop neither the later turns nor the host.
/// </summary>
internal abstract partial class PeriodicService : BackgroundService
{
    /// <summary>Of the service.</summary>
    protected abstract ILogger Logger { get; }

    /// <summary>A new clock, which ticks after one period for the first time.</summary>
    protected abstract PeriodicTimer StartClock();

    /// <summary>One turn; the loop is nothing but this.</summary>
    protected internal async Task TakeTurnAsync(CancellationToken stopping)
    {
        try
        {
            await WorkAsync(stopping);
        }
        catch (Exception e)
        {
            // When the host stops, a database driver wraps the cancellation into an exception of its own.
            if (!stopping.IsCancellationRequested) LogTurnFailed(Logger, e, GetType().Name);
        }
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = StartClock();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TakeTurnAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>What one turn does.</summary>
    protected abstract Task WorkAsync(CancellationToken stopping);

    // Next free id: 91.
    [LoggerMessage(90, LogLevel.Error, "A turn of {Service} failed; the next one comes as planned", EventName = nameof(LogTurnFailed))]
    private static partial void LogTurnFailed(ILogger log, Exception exception, string service);
}
