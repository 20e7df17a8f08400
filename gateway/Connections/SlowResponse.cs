namespace Gateway.Connections;

/// <summary>
/// A response that waits for its client to take what was flushed. The lock keeps an abort from hitting the next request: the server reuses an <see cref="HttpContext"/>.
/// </summary>
internal sealed class SlowResponse(ClientConnections connections, HttpContext context) : IDisposable
{
    private readonly Lock _gate = new();
    private long _waitingSince;
    private bool _isOver;

    public TimeSpan StandsStill(long now) => Volatile.Read(ref _waitingSince) is > 0 and var since ? connections.Time.GetElapsedTime(since, now) : TimeSpan.Zero;

    /// <summary>A flush waits from now on.</summary>
    public void Waits() => Volatile.Write(ref _waitingSince, connections.Time.GetTimestamp());

    /// <summary>The client has taken what was flushed.</summary>
    /// <returns>How long a flush waited for that; zero when none did.</returns>
    public TimeSpan Moves()
    {
        var since = _waitingSince;
        if (since == 0) return TimeSpan.Zero;
        Volatile.Write(ref _waitingSince, 0);
        return connections.Time.GetElapsedTime(since);
    }

    /// <summary>Aborts the response; false when it has ended by itself.</summary>
    public bool TryCut()
    {
        lock (_gate)
        {
            if (_isOver) return false;
            _isOver = true;
            context.Abort();
        }

        connections.Forget(this);
        return true;
    }

    public void Dispose()
    {
        lock (_gate) _isOver = true;
        connections.Forget(this);
    }
}
