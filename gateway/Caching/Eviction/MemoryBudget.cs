namespace Gateway.Caching.Eviction;

/// <summary>
/// The bytes that the cache may hold, as one counter: a reservation comes before the bytes, and is refused rather than let the counter pass the limit.
/// Eviction is not done here: a reservation that passes the high watermark only signals the trimmer.
/// </summary>
internal sealed class MemoryBudget(long limit, double high, double critical)
{
    private long _used;
    private int _pressure;

    public long Limit { get; } = limit;

    public long HighMark { get; } = (long)(limit * high);

    public long CriticalMark { get; } = (long)(limit * critical);

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Written by the trimmer alone.</summary>
    public CachePressure Pressure
    {
        get => (CachePressure)Volatile.Read(ref _pressure);
        set => Volatile.Write(ref _pressure, (int)value);
    }

    /// <summary>Called after a reservation that passed the high watermark, or that was refused. Must not block.</summary>
    public Action? TrimNeeded { get; set; }

    public bool TryReserve(long bytes)
    {
        while (true)
        {
            var used = Used;
            if (bytes > Limit - used)
            {
                TrimNeeded?.Invoke();
                return false;
            }

            if (Interlocked.CompareExchange(ref _used, used + bytes, used) != used) continue;
            if (used + bytes > HighMark) TrimNeeded?.Invoke();
            return true;
        }
    }

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
