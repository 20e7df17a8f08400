namespace Gateway.Sessions;

/// <summary>
/// Whether this node takes new sessions. Draining begins by an operator's word or with the host's shutdown, and what plays goes on meanwhile.
/// </summary>
internal sealed partial class Drain
{
    private readonly ILogger<Drain> _log;
    private int _draining;

    public Drain(IHostApplicationLifetime lifetime, ILogger<Drain> log)
    {
        _log = log;
        lifetime.ApplicationStopping.Register(() => Set(true));
    }

    public bool IsDraining => Volatile.Read(ref _draining) != 0;

    public void Set(bool draining)
    {
        if (Interlocked.Exchange(ref _draining, draining ? 1 : 0) == (draining ? 1 : 0)) return;
        if (draining) LogDraining();
        else LogTaking();
    }

    // Next free id: 12.
    [LoggerMessage(10, LogLevel.Information, "Draining: no new sessions from now on", EventName = nameof(LogDraining))]
    private partial void LogDraining();

    [LoggerMessage(11, LogLevel.Information, "Taking new sessions again", EventName = nameof(LogTaking))]
    private partial void LogTaking();
}
