namespace Gateway.Responses.History;

/// <summary>Memory that the histories of all sessions of this node may take together. Thread-safe, without a lock.</summary>
/// <param name="limitBytes">The bound; 0 = no histories.</param>
internal sealed class HistoryBudget(long limitBytes)
{
    private long _taken;

    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Gives up what is least needed, when a playing session wants memory and there is none; returns whether there was anything.</summary>
    public Func<bool>? Reclaim { get; set; }

    public bool TryTake(long bytes)
    {
        if (TryAdd(bytes)) return true;
        while (limitBytes > 0 && Reclaim?.Invoke() == true)
        {
            if (TryAdd(bytes)) return true;
        }

        return false;
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref _taken, -bytes);

    private bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limitBytes) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }
}
