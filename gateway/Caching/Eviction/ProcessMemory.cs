using Gateway.Caching.Store;

namespace Gateway.Caching.Eviction;

/// <summary>
/// The process's memory as a collection would leave it. Resident size alone misleads: evicted bytes are garbage until the collector runs, and the collector keeps the memory that it
/// emptied. A trimmer that went by it would evict again and again for memory that was released long ago, until the cache is empty.
/// <para>
/// Three amounts are subtracted from the resident size: what the collector holds empty (<see cref="MemoryLoad.Used"/>), the pool's free blocks, and the blocks that the pool has dropped since the
/// last full collection. So released memory counts as free at once, and after the collection the measurement tells whether it is.
/// </para>
/// Memory that is released and still resident is given back to the system when the resident size comes near the limit, not oftener than every few seconds: that stops the process
/// for some milliseconds. Called by the trimmer alone, one call at a time.
/// </summary>
internal sealed class ProcessMemory(Func<MemoryLoad> load, Action giveBack, BodyBlockPool pool, TimeProvider clock)
{
    /// <summary>A share of the limit that is worth a pause.</summary>
    private const int LeastWorth = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _collections;
    private long _droppedBefore;
    private long? _givenBack;

    public MemoryLoad Judge()
    {
        var measured = load();
        if (measured.Collections != _collections)
        {
            _collections = measured.Collections;
            _droppedBefore = pool.Dropped;
        }

        var let = pool.Idle + pool.Dropped - _droppedBefore;
        return measured with { Used = Math.Max(0, measured.Used - let) };
    }

    /// <summary>Drops free blocks, which are of no use while the process is short of memory; gives memory back when that is urgent and worth it.</summary>
    /// <param name="judged">As <see cref="Judge"/> found it.</param>
    /// <param name="critical">The share of the limit from which on it is urgent.</param>
    public void GiveBack(MemoryLoad judged, double critical)
    {
        pool.Shrink(0);
        var resident = load();
        if (resident.Resident < critical * resident.Limit) return;
        if (resident.Resident - Math.Min(judged.Used, Judge().Used) < resident.Limit / LeastWorth) return;
        if (_givenBack is { } last && clock.GetElapsedTime(last) < Pause) return;
        _givenBack = clock.GetTimestamp();
        giveBack();
    }
}
