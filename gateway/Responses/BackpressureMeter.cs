using Gateway.Connections;

namespace Gateway.Responses;

/// <summary>
/// Measures how fast a client takes a body by the writer's own waits, where the system does not count what the client has taken. A flush that had to wait ends when there is room again: between the ends of
/// two such flushes every buffer on the way was full all the time, so what was written in between is what the client took. What comes before the first wait went into buffers and is not counted.
/// </summary>
/// <remarks>Belongs to one body, whose sender calls it.</remarks>
internal sealed class BackpressureMeter(Action<DeliveryReading> listener, TimeProvider time)
{
    /// <summary>Readings during a long body come this often.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Less tells of the size of buffers.</summary>
    private const long LeastBytes = 64 << 10;

    private long _fullAt;
    private long _fullBytes;
    private long _lastAt;
    private long _lastBytes;
    private bool _isHeldBack;

    /// <summary>A flush that had to wait for the client has ended.</summary>
    /// <param name="written">Bytes of the body that were flushed so far.</param>
    public void Waited(long written)
    {
        (_lastAt, _lastBytes) = (time.GetTimestamp(), written);
        if (_fullAt == 0) (_fullAt, _fullBytes) = (_lastAt, written);
        else if (time.GetElapsedTime(_fullAt, _lastAt) >= Interval) Tell();
    }

    /// <summary>The body had to wait for something else: the buffers ran empty meanwhile.</summary>
    /// <param name="held">It was held back on purpose.</param>
    public void Paused(bool held)
    {
        Tell();
        _fullAt = 0;
        _isHeldBack = held;
    }

    /// <summary>The body is out.</summary>
    public void Ended() => Tell();

    private void Tell()
    {
        var bytes = _lastBytes - _fullBytes;
        if (_fullAt == 0 || bytes < LeastBytes) return;
        var took = time.GetElapsedTime(_fullAt, _lastAt);
        (_fullAt, _fullBytes) = (_lastAt, _lastBytes);
        if (took > TimeSpan.Zero) listener(new DeliveryReading(bytes, took, took, TimeSpan.Zero, 0, _isHeldBack));
    }
}
