using Gateway.Media;

namespace Gateway.Peers;

/// <summary>
/// Remembers which objects were asked for of late, to tell those that are asked for again: admission on the second request. A table of fixed size in which a newcomer takes the place of whatever had its
/// slot: what is forgotten is fetched from its owner once more, and nothing else. Thread-safe without a lock: an entry is one word.
/// </summary>
internal sealed class RecentObjects(TimeSpan memory)
{
    private const int Slots = 1 << 16;
    private const int TimeBits = 20;
    private const ulong TimeMask = (1UL << TimeBits) - 1;
    private const long TicksPerUnit = TimeSpan.TicksPerSecond / 20;

    /// <summary>Half a megabyte. 44 bits of hash, 20 of time in twentieths of a second, which come round after half a day.</summary>
    private readonly ulong[] _slots = new ulong[Slots];

    /// <summary>Whether the object was asked for within the memory before now; notes that it is asked for now.</summary>
    /// <param name="address">The object.</param>
    /// <param name="part">Tells parts of one file apart; 0 for the whole.</param>
    /// <param name="now">Of a clock that only moves forward.</param>
    public bool IsAgain(MediaAddress address, long part, TimeSpan now)
    {
        if (memory == TimeSpan.Zero) return false;
        var hash = RendezvousHash.ObjectOf(address) ^ ((ulong)part * 0x9e3779b97f4a7c15);
        ref var slot = ref _slots[hash & (Slots - 1)];
        // Never 0, the empty slot.
        var tick = ((ulong)(now.Ticks / TicksPerUnit) & TimeMask) | 1;
        var entry = (hash & ~TimeMask) | tick;
        var before = Interlocked.Exchange(ref slot, entry);
        var age = TimeSpan.FromTicks((long)((tick - before) & TimeMask) * TicksPerUnit);
        return before != 0 && ((before ^ entry) & ~TimeMask) == 0 && age <= memory;
    }
}
