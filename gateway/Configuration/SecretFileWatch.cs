using Gateway.Hosting;

namespace Gateway.Configuration;

/// <summary>
/// Polls the secret files every few seconds. By their content: a mounted secret changes by a link that is set to another folder, which a file watcher does not notice.
/// </summary>
internal sealed partial class SecretFileWatch(SecretFileProvider files, TimeProvider time, ILogger<SecretFileWatch> log) : PeriodicService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(Interval, time);

    protected override Task WorkAsync(CancellationToken stopping)
    {
        var faults = files.LookAgain();
        foreach (var (fileKey, fault) in faults)
        {
            if (_told.Add(fileKey)) LogUnreadable(fileKey, fault);
        }

        _told.IntersectWith(faults.Select(f => f.FileKey));
        return Task.CompletedTask;
    }

    // Next free id: 2.
    [LoggerMessage(1, LogLevel.Warning, "The file of '{Key}' cannot be read any more, its last value stays in force: {Fault}", EventName = nameof(LogUnreadable))]
    private partial void LogUnreadable(string key, string fault);
}
