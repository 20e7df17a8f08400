using Gateway.Sessions.Registry;

namespace Gateway.Sessions;

/// <summary>Has the sessions counted that somebody watches, every <see cref="Interval"/>. One owner, one timer; stops with the host.</summary>
internal sealed class PlayingCount(SessionRegistry sessions, TimeProvider time) : BackgroundService
{
    /// <summary>A hundred thousand sessions take some milliseconds to look at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) sessions.CountPlaying();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; so does the counting.
        }
    }
}
