namespace Gateway.Caching.Store;

/// <summary>
/// How often landing bytes wake the readers of one body. A few readers are woken by every piece that lands. A crowd is woken in rounds: to wake one reader and send to
/// it takes some 20 µs, so that a thousand, woken for every few kilobytes, would keep a core busy with small sends, and the last byte would be late for all of them.
/// Bytes that land between two rounds go out with the next one. The first bytes and the body's end are never held back.
/// </summary>
/// <remarks>Called under the body's gate, except for the round itself, which takes the gate. A round that comes after the body's end finds no waiting reader.</remarks>
/// <param name="round">Wakes the waiting readers; called when a delayed round is due.</param>
internal sealed class WakePace(TimeProvider clock, Action round)
{
    /// <summary>Most readers without rounds: for so few, a round is over before the next piece lands.</summary>
    internal const int Crowd = 100;

    /// <summary>Time between two rounds: a viewer does not notice it, and it is less than the time a socket's receive buffer lasts.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ForEachReader = TimeSpan.FromMicroseconds(30);

    private long? _last;
    private bool _isPutOff;

    /// <summary>Whether the bytes that have just landed wake readers now; else a round is due, and will come.</summary>
    public bool IsDue(int readers)
    {
        if (readers < Crowd) return true;
        if (_isPutOff) return false;
        var pause = readers * ForEachReader < Longest ? readers * ForEachReader : Longest;
        var wait = _last is { } last ? pause - clock.GetElapsedTime(last) : TimeSpan.Zero;
        if (wait <= TimeSpan.Zero)
        {
            _last = clock.GetTimestamp();
            return true;
        }

        _isPutOff = true;
        _ = TakeRoundAsync(wait);
        return false;
    }

    /// <summary>The delayed round begins.</summary>
    public void Begin()
    {
        _isPutOff = false;
        _last = clock.GetTimestamp();
    }

    private async Task TakeRoundAsync(TimeSpan wait)
    {
        await Task.Delay(wait, clock);
        round();
    }
}
