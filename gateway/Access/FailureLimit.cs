namespace Gateway.Access;

/// <summary>
/// Counts recent failures of each client network, so that a guessing client is refused before anything costly is done for it.
/// </summary>
/// <remarks>
/// A sliding window out of two fixed ones: the older counts with the share of it that still lies within the last minute. Bounded: at
/// <see cref="MaxClients"/> names in one window the older window is given up early, which forgives those that were only in it; an attacker with so many networks is
/// not held by a limit for each of them in any case. The lock covers field work only and is taken by failures and by looks at credentials, never by media requests.
/// </remarks>
internal sealed class FailureLimit(int most, TimeProvider time)
{
    internal const int MaxClients = 20_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private Dictionary<string, int> _current = new(StringComparer.Ordinal);
    private Dictionary<string, int> _previous = new(StringComparer.Ordinal);
    private long _began = time.GetTimestamp();

    /// <summary>Whether a client has to wait before it may try again.</summary>
    /// <param name="network">By <see cref="ClientNetwork"/>.</param>
    /// <param name="wait">How long, where it has to.</param>
    public bool IsSpent(string network, out TimeSpan wait)
    {
        lock (_lock)
        {
            var into = AdvanceNeedsLock();
            var count = _current.GetValueOrDefault(network) + (_previous.GetValueOrDefault(network) * (1 - (into / Window)));
            wait = Window - into;
            return count >= most;
        }
    }

    /// <returns>Whether this failure reached the limit: logged once, not for every refusal.</returns>
    public bool Count(string network)
    {
        lock (_lock)
        {
            AdvanceNeedsLock();
            if (_current.Count >= MaxClients && !_current.ContainsKey(network)) TurnNeedsLock();
            var count = _current.GetValueOrDefault(network) + 1;
            _current[network] = count;
            return count == most;
        }
    }

    /// <returns>How much of the current window has passed.</returns>
    private TimeSpan AdvanceNeedsLock()
    {
        var into = time.GetElapsedTime(_began);
        if (into < Window) return into;
        TurnNeedsLock();
        if (into >= 2 * Window) _previous.Clear();
        _began = time.GetTimestamp();
        return TimeSpan.Zero;
    }

    private void TurnNeedsLock()
    {
        (_previous, _current) = (_current, _previous);
        _current.Clear();
    }
}
