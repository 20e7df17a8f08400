using Gateway.Hosting;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions;

/// <summary>Has the sessions counted that somebody watches, every <see cref="Interval"/>. One owner, one timer; stops with the host.</summary>
internal sealed class PlayingCount(SessionRegistry sessions, TimeProvider time, ILogger<PlayingCount> log) : PeriodicService
{
    /// <summary>A hundred thousand sessions take some milliseconds to look at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(Interval, time);

    protected override Task WorkAsync(CancellationToken stopping)
    {
        sessions.CountPlaying();
        return Task.CompletedTask;
    }
}
