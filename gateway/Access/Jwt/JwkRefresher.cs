namespace Gateway.Access.Jwt;

/// <summary>
/// Keeps the operator's key set fresh: from a file or from an HTTP(S) URL, every <see cref="AccessOptions.JwksRefresh"/>, and when a token
/// names a key that is not known (a roll-over). What cannot be read or is refused leaves the set that is there in force.
/// </summary>
/// <remarks>
/// At most one fetch is under way, and all who need it wait for that one; between two that were asked for by tokens lie at least
/// <see cref="MinRefetchInterval"/>, else anybody could make the gateway hammer the identity provider with invented key ids.
/// A waiting caller that leaves does not stop the fetch. The lock protects the two fields below it, nothing runs under it.
/// </remarks>
internal sealed partial class JwkRefresher : IDisposable
{
    internal static readonly TimeSpan MinRefetchInterval = TimeSpan.FromSeconds(30);

    /// <summary>How soon a set that was never loaded is fetched again.</summary>
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    private readonly Func<CancellationToken, Task<byte[]>> _fetch;
    private readonly TimeProvider _time;
    private readonly ILogger<JwkRefresher> _log;
    private readonly TimeSpan _refresh;
    private readonly bool _isByUrl;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer? _timer;

    private readonly Lock _lock = new();
    private Task<bool>? _underway;
    // Not by the wall clock: one that is set back would forbid asking until it has caught up.
    private long? _lastAsked;

    private volatile JwkSet _current = new([]);

    /// <param name="fetch">Gives the document's bytes, or throws; null when no key set is configured.</param>
    /// <param name="options">For the refresh interval.</param>
    /// <param name="time">Clock and timer.</param>
    /// <param name="log">Where failures go.</param>
    public JwkRefresher(Func<CancellationToken, Task<byte[]>>? fetch, AccessOptions options, TimeProvider time, ILogger<JwkRefresher> log)
    {
        _fetch = fetch ?? (_ => Task.FromException<byte[]>(new InvalidOperationException("No key set is configured.")));
        _time = time;
        _log = log;
        _refresh = options.JwksRefresh;
        _isByUrl = JwkSource.IsUrl(options.Jwks, out _);
        if (fetch is not null) _timer = time.CreateTimer(static state => _ = ((JwkRefresher)state!).RefreshAsync(), this, _refresh, _refresh);
    }

    /// <summary>The set in force; empty until the first one came.</summary>
    public JwkSet Current => _current;

    /// <summary>Fetches on behalf of a token with an unknown key.</summary>
    /// <returns>Whether the set may have changed, so that looking again makes sense.</returns>
    public async ValueTask<bool> TryRefetchAsync(CancellationToken cancellation)
    {
        if (_timer is null) return false;
        Task<bool> fetch;
        lock (_lock)
        {
            if (_underway is null && _lastAsked is { } asked && _time.GetElapsedTime(asked) < MinRefetchInterval) return false;
            fetch = StartNeedsLock();
        }

        return await fetch.WaitAsync(cancellation);
    }

    /// <summary>Fetches now, or joins the fetch that is under way.</summary>
    /// <returns>Whether a usable set came.</returns>
    public Task<bool> RefreshAsync()
    {
        lock (_lock) return StartNeedsLock();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _timer?.Dispose();
        _stopping.Dispose();
    }

    private Task<bool> StartNeedsLock()
    {
        if (_underway is { } running) return running;
        _lastAsked = _time.GetTimestamp();
        // Task.Run, because the fetch must not run under the lock, not even its synchronous beginning.
        return _underway = Task.Run(FetchAsync);
    }

    private async Task<bool> FetchAsync()
    {
        try
        {
            if (!JwkSet.TryRead(await _fetch(_stopping.Token), out var set, out var error))
            {
                LogRefused(error);
                return false;
            }

            if (_isByUrl && set.HasSecrets)
            {
                LogRefused("has a key of type 'oct', a secret that signs as well as it verifies, and came by a URL. Put such keys into a file");
                return false;
            }

            if (_current.Count == 0) LogLoaded(set.Count);
            _current = set;
            return true;
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            LogUnreachable(e.Message);
            return false;
        }
        finally
        {
            lock (_lock) _underway = null;
            // Without any set every JWT is refused: do not wait for the next regular turn.
            if (_current.Count == 0 && !_stopping.IsCancellationRequested) _timer?.Change(FirstRetry < _refresh ? FirstRetry : _refresh, _refresh);
        }
    }

    // Next free id: 23.
    [LoggerMessage(20, LogLevel.Information, "Key set loaded, '{Count}' keys")]
    private partial void LogLoaded(int count);

    [LoggerMessage(21, LogLevel.Warning, "The key set is refused, the previous one stays in force: it {Error}")]
    private partial void LogRefused(string error);

    [LoggerMessage(22, LogLevel.Warning, "The key set cannot be read, the previous one stays in force: {Error}")]
    private partial void LogUnreachable(string error);
}
