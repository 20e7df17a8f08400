using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <summary>
/// The index of what lies on disk: chains of numbered cells in arrays of structs, 28 bytes an object and 4 to 8 for the head of its chain, with nothing in it that the garbage collector
/// has to follow. Cells lie in pages that never move, so that it grows without a copy.
/// <para>
/// The gate protects everything but the marks of use: those are written without it by whoever serves the object from memory, and one that falls on a cell that was given to another object
/// costs a copy at most. The index may name a copy that is not there any more: a reader compares the whole key with the record.
/// </para>
/// </summary>
internal sealed partial class DiskIndex
{
    private const int PageBits = 12;
    private const int PageCells = 1 << PageBits;
    private const uint MostHits = 255;

    /// <summary>Variants of one object. Where Vary splits finer, the oldest goes: a chain that clients can lengthen at will would be walked under the gate by everybody who looks for it.</summary>
    internal const int MostVariants = 8;

    /// <summary>Copies whose chains are looked at before the first of them is named: more than a processor has loads under way, few enough that the first is still in its cache.</summary>
    private const int Batch = 64;

    private readonly Lock _gate = new();
    private volatile Cell[][] _pages = [];
    private int[] _heads = new int[1024];
    private int _cells;
    private int _free = -1;
    private int _count;
    private long _blocks;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of all records that it names.</summary>
    public long Bytes => Interlocked.Read(ref _blocks) * SlabLayout.Block;

    /// <summary>Bytes of its own arrays.</summary>
    public long OwnBytes
    {
        get
        {
            lock (_gate) return ((long)_pages.Length * PageCells * Marshal.SizeOf<Cell>()) + ((long)_heads.Length * sizeof(int));
        }
    }

    /// <summary>Names a copy, in place of an older one of the same variant; returns its number.</summary>
    public int Set(DiskPlace place)
    {
        lock (_gate) return SetUnderGate(place);
    }

    /// <summary>Names many copies, in their order.</summary>
    public void SetAll(ReadOnlySpan<DiskPlace> places)
    {
        lock (_gate)
        {
            while (!places.IsEmpty)
            {
                var batch = places[..Math.Min(Batch, places.Length)];
                TouchUnderGate(batch);
                foreach (ref readonly var place in batch) SetUnderGate(place);
                places = places[batch.Length..];
            }
        }
    }

    /// <summary>Makes space for the heads of so many chains at once.</summary>
    public void Reserve(int count)
    {
        lock (_gate)
        {
            var heads = _heads.Length;
            while (heads < count) heads *= 2;
            if (heads > _heads.Length) Rehash(heads);
        }
    }

    /// <summary>A copy was appended anew elsewhere; false when another one, or none, is current by now.</summary>
    public bool TryMove(DiskPlace from, uint toBlock)
    {
        lock (_gate)
        {
            for (var slot = _heads[HeadOf(from.Object)] - 1; slot >= 0; slot = At(slot).Next)
            {
                ref var cell = ref At(slot);
                if (cell.Object != from.Object || cell.Block != from.Block) continue;
                (cell.Block, cell.Hits) = (toBlock, 0);
                return true;
            }

            return false;
        }
    }

    /// <summary>Whether any copy of an object is named.</summary>
    public bool Contains(ulong id)
    {
        lock (_gate)
        {
            for (var slot = _heads[HeadOf(id)] - 1; slot >= 0; slot = At(slot).Next)
            {
                if (At(slot).Object == id) return true;
            }

            return false;
        }
    }

    /// <summary>The copies of an object, one for each variant, as many as there is space for; returns their number.</summary>
    public int Find(ulong id, Span<DiskPlace> found)
    {
        var count = 0;
        lock (_gate)
        {
            for (var slot = _heads[HeadOf(id)] - 1; slot >= 0 && count < found.Length; slot = At(slot).Next)
            {
                if (At(slot).Object == id) found[count++] = PlaceOf(slot);
            }
        }

        return count;
    }

    /// <summary>Marks the use of a copy; false when its cell belongs to another object by now, or to none.</summary>
    public bool TryTouch(int slot, ulong id)
    {
        var pages = _pages;
        if (slot >> PageBits >= pages.Length) return false;
        ref var cell = ref pages[slot >> PageBits][slot & (PageCells - 1)];
        if (cell.Object != id || cell.Blocks == 0) return false;
        if (cell.Hits < MostHits) cell.Hits++;
        return true;
    }

    /// <summary>Removes a copy; false when it is not named any more.</summary>
    public bool Remove(DiskPlace place)
    {
        lock (_gate) return RemoveUnderGate(place.Object, place.Block);
    }

    /// <summary>Removes the copy of one variant of an object; false when there is none.</summary>
    public bool TryRemove(ulong id, uint variant, out DiskPlace removed)
    {
        lock (_gate)
        {
            for (var slot = _heads[HeadOf(id)] - 1; slot >= 0; slot = At(slot).Next)
            {
                if (At(slot).Object != id || At(slot).Variant != variant) continue;
                removed = PlaceOf(slot);
                return RemoveUnderGate(id, removed.Block);
            }

            removed = default;
            return false;
        }
    }

    /// <summary>The copies in a range of blocks that were used since they came there.</summary>
    public List<DiskPlace> UsedIn(uint first, uint end)
    {
        var used = new List<DiskPlace>();
        lock (_gate)
        {
            for (var slot = 0; slot < _cells; slot++)
            {
                ref var cell = ref At(slot);
                if (cell.Blocks > 0 && cell.Block >= first && cell.Block < end && cell.Hits > 0) used.Add(PlaceOf(slot));
            }
        }

        return used;
    }

    /// <summary>Removes every copy in a range of blocks; returns their number. Goes over the whole index, which takes some 2 ms for a million objects; once for each slab.</summary>
    public int RemoveIn(uint first, uint end)
    {
        var removed = 0;
        lock (_gate)
        {
            for (var slot = 0; slot < _cells; slot++)
            {
                ref var cell = ref At(slot);
                if (cell.Blocks > 0 && cell.Block >= first && cell.Block < end && RemoveUnderGate(cell.Object, cell.Block)) removed++;
            }
        }

        return removed;
    }

    /// <summary>
    /// Brings heads and first cells of chains into the processor's cache. They lie all over the memory: named one by one, each waits for the one before; these loads
    /// do not depend on each other, and their waits are one (80 ms less for four million objects). Not inlined, for a sum that nobody takes would be left out.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong TouchUnderGate(ReadOnlySpan<DiskPlace> places)
    {
        Span<int> slots = stackalloc int[Batch];
        for (var i = 0; i < places.Length; i++) slots[i] = _heads[HeadOf(places[i].Object)] - 1;
        var sum = 0UL;
        foreach (var slot in slots[..places.Length])
        {
            if (slot >= 0) sum += At(slot).Object;
        }

        return sum;
    }

    private int SetUnderGate(in DiskPlace place)
    {
        var (variants, oldest) = (0, -1);
        for (var slot = _heads[HeadOf(place.Object)] - 1; slot >= 0; slot = At(slot).Next)
        {
            ref var cell = ref At(slot);
            if (cell.Object != place.Object) continue;
            if (cell.Variant == place.Variant)
            {
                _blocks += (long)place.Blocks - cell.Blocks;
                (cell.Block, cell.Blocks, cell.Hits) = (place.Block, place.Blocks, 0);
                return slot;
            }

            // A chain has the newest first.
            (variants, oldest) = (variants + 1, slot);
        }

        if (variants >= MostVariants) RemoveUnderGate(place.Object, At(oldest).Block);
        return AddUnderGate(place);
    }
}
