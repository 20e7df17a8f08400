namespace Gateway.Sessions.Registry;

/// <summary>Looks for idle sessions at each <see cref="SessionsOptions.SweepInterval"/>. One owner, one timer; stops with the host.</summary>
internal sealed partial class IdleSweep(SessionRegistry sessions, SessionsOptions options, TimeProvider time, ILogger<IdleSweep> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Sweep();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; so does the sweep.
        }
    }

    private void Sweep()
    {
        try
        {
            var ended = sessions.EndIdle();
            if (ended > 0) LogEnded(ended, sessions.Count);
        }
        catch (Exception e)
        {
            // A session that failed to end must not stop later sweeps, and with them the host.
            LogSweepFailed(e);
        }
    }

    // Next free id: 3.
    [LoggerMessage(1, LogLevel.Information, "Ended {Ended} idle sessions, {Left} are left.", EventName = nameof(LogEnded))]
    private partial void LogEnded(int ended, int left);

    [LoggerMessage(2, LogLevel.Error, "A sweep for idle sessions failed in part; the next sweep runs as planned", EventName = nameof(LogSweepFailed))]
    private partial void LogSweepFailed(Exception exception);
}
