using Gateway.Hosting;

namespace Gateway.Access.Jwt;

/// <summary>Has a key set that lies in a file read again soon after it has changed; one that comes by URL is fetched at its own interval.</summary>
internal sealed class JwkFileWatch(AccessOptions options, JwkRefresher refresher, TimeProvider time, ILogger<JwkFileWatch> log) : PeriodicService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly bool _isFile = options.Jwks.Length > 0 && !JwkSource.IsUrl(options.Jwks, out _);
    private (DateTime Written, long Length, string Target)? _seen;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_isFile) return Task.CompletedTask;
        _seen = Stamp();
        return base.StartAsync(cancellationToken);
    }

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(Interval, time);

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        var now = Stamp();
        // A file that cannot be read changes nothing; the refresher logs it at its next turn.
        if (now == _seen || now == default) return;
        if (await refresher.RefreshAsync().WaitAsync(stopping)) _seen = now;
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
