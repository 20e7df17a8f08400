using Gateway.Caching.Store;

namespace Gateway.Caching.Eviction;

/// <summary>
/// The process's memory as a collection would leave it. Resident size alone misleads: what was evicted is garbage until the collector runs, and the collector keeps what it
/// emptied. Who judges by it evicts again and again for memory that was let go long ago, until the cache is empty.
/// <para>
/// From what is resident are taken: what the collector holds empty (<see cref="MemoryLoad.Used"/>), the pool's free blocks, and the blocks that the pool has dropped since the
/// last full collection. So what has been let go once counts as gone, and after the collection the measurement tells whether it is.
/// </para>
/// Memory that is let go and still resident is given back to the system when what is resident comes near the limit, not oftener than every few seconds: it stops the process
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

    /// <summary>Lets go of free blocks, which help nobody when it is the process that is short; gives memory back when that is urgent and worth it.</summary>
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
