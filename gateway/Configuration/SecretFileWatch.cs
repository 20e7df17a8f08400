namespace Gateway.Configuration;

/// <summary>
/// Polls the secret files every few seconds. By their content: a mounted secret changes by a link that is set to another folder, which a file watcher does not notice.
/// </summary>
internal sealed partial class SecretFileWatch(SecretFileProvider files, TimeProvider time, ILogger<SecretFileWatch> log) : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Look()
    {
        try
        {
            var faults = files.LookAgain();
            foreach (var (fileKey, fault) in faults)
            {
                if (_told.Add(fileKey)) LogUnreadable(fileKey, fault);
            }

            _told.IntersectWith(faults.Select(f => f.FileKey));
        }
        catch (Exception e)
        {
            // A change callback failed; polling goes on.
            LogFailed(e);
        }
    }

    // Next free id: 3.
    [LoggerMessage(1, LogLevel.Warning, "The file of '{Key}' cannot be read any more, its last value stays in force: {Fault}", EventName = nameof(LogUnreadable))]
    private partial void LogUnreadable(string key, string fault);

    [LoggerMessage(2, LogLevel.Error, "Reading the secret files failed", EventName = nameof(LogFailed))]
    private partial void LogFailed(Exception exception);
}
