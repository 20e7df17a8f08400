namespace Gateway.Configuration;

/// <summary>
/// Looks at the secret files every few seconds. By their content: a mounted secret changes by a link that is set to another folder, of which a watcher of the file hears nothing.
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
            // One who listens to changes made a mistake; the next look goes on all the same.
            LogFailed(e);
        }
    }

    // Next free id: 3.
    [LoggerMessage(1, LogLevel.Warning, "The file of '{Key}' cannot be read any more, what it held stays in force: {Fault}", EventName = nameof(LogUnreadable))]
    private partial void LogUnreadable(string key, string fault);

    [LoggerMessage(2, LogLevel.Error, "Looking at the secret files failed", EventName = nameof(LogFailed))]
    private partial void LogFailed(Exception exception);
}
