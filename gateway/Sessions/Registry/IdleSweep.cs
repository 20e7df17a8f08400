using Gateway.Hosting;

namespace Gateway.Sessions.Registry;

/// <summary>Looks for idle sessions at each <see cref="SessionsOptions.SweepInterval"/>. One owner, one timer; stops with the host.</summary>
internal sealed partial class IdleSweep(SessionRegistry sessions, SessionsOptions options, TimeProvider time, ILogger<IdleSweep> logger) : PeriodicService
{
    protected override ILogger Logger => logger;

    protected override PeriodicTimer StartClock() => new(options.SweepInterval, time);

    protected override Task WorkAsync(CancellationToken stopping)
    {
        var ended = sessions.EndIdle();
        if (ended > 0) LogEnded(ended, sessions.Count);
        return Task.CompletedTask;
    }

    // Next free id: 2.
    [LoggerMessage(1, LogLevel.Information, "Ended {Ended} idle sessions, {Left} are left.", EventName = nameof(LogEnded))]
    private partial void LogEnded(int ended, int left);
}
