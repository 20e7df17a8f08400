namespace Gateway.Access.Jwt;

/// <summary>Has a key set that lies in a file read again soon after it has changed; one that comes by URL is fetched at its own interval.</summary>
internal sealed class JwkFileWatch(AccessOptions options, JwkRefresher refresher, TimeProvider time) : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Jwks.Length == 0 || JwkSource.IsUrl(options.Jwks, out _)) return;
        var seen = Stamp();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Stamp();
                // A file that cannot be read changes nothing; the refresher logs it at its next turn.
                if (now == seen || now == default) continue;
                if (await refresher.RefreshAsync().WaitAsync(stoppingToken)) seen = now;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>A link counts as what it leads to: mounted secrets change by a link that is set anew.</summary>
    private (DateTime Written, long Length, string Target) Stamp()
    {
        try
        {
            var file = new FileInfo(options.Jwks);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? (target.LastWriteTimeUtc, target.Length, target.FullName) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
