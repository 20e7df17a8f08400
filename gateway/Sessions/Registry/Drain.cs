namespace Gateway.Sessions.Registry;

/// <summary>
/// Whether this node takes new sessions. Draining begins with an operator's request or with the host's shutdown; existing sessions go on meanwhile.
/// </summary>
/// <remarks>
/// A host that stops calls <see cref="StoppingAsync"/> before any of its services, the server among them, is stopped: readiness says 503 while the gateway
/// still listens, so that balancers have stopped sending requests before it no longer does. Answers under way at that moment have the host's own time limit.
/// </remarks>
internal sealed partial class Drain : IHostedLifecycleService
{
    private readonly SessionsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Drain> _log;
    private int _draining;

    public Drain(IHostApplicationLifetime lifetime, SessionsOptions options, TimeProvider time, ILogger<Drain> log)
    {
        _options = options;
        _time = time;
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

    /// <summary>Keeps the gateway listening for <see cref="SessionsOptions.DrainTime"/>, or until the host's shutdown time limit.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Set(true);
        if (_options.DrainTime == TimeSpan.Zero) return;
        try
        {
            await Task.Delay(_options.DrainTime, _time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host waits no longer; neither does the drain.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Next free id: 12.
    [LoggerMessage(10, LogLevel.Information, "Draining: no new sessions from now on", EventName = nameof(LogDraining))]
    private partial void LogDraining();

    [LoggerMessage(11, LogLevel.Information, "Taking new sessions again", EventName = nameof(LogTaking))]
    private partial void LogTaking();
}
