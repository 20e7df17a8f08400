using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <content>Cells, free ones among them, and the heads of their chains. Everything here is called under the gate.</content>
internal sealed partial class DiskIndex
{
    private int AddUnderGate(DiskPlace place)
    {
        var slot = _free;
        if (slot >= 0)
        {
            _free = At(slot).Next;
        }
        else
        {
            slot = _cells++;
            if (slot >> PageBits == _pages.Length) _pages = [.. _pages, new Cell[PageCells]];
        }

        if (_count >= _heads.Length) Rehash(_heads.Length * 2);
        ref var head = ref _heads[HeadOf(place.Object)];
        At(slot) = new Cell { Object = place.Object, Variant = place.Variant, Block = place.Block, Blocks = place.Blocks, Next = head - 1 };
        head = slot + 1;
        Volatile.Write(ref _count, _count + 1);
        _blocks += place.Blocks;
        return slot;
    }

    private bool RemoveUnderGate(ulong id, uint block)
    {
        ref var link = ref _heads[HeadOf(id)];
        var slot = link - 1;
        if (slot < 0) return false;
        if (At(slot).Object == id && At(slot).Block == block)
        {
            link = At(slot).Next + 1;
            Free(slot);
            return true;
        }

        for (var before = slot; (slot = At(before).Next) >= 0; before = slot)
        {
            if (At(slot).Object != id || At(slot).Block != block) continue;
            At(before).Next = At(slot).Next;
            Free(slot);
            return true;
        }

        return false;
    }

    private void Free(int slot)
    {
        Volatile.Write(ref _count, _count - 1);
        _blocks -= At(slot).Blocks;
        At(slot) = new Cell { Next = _free };
        _free = slot;
    }

    private void Rehash(int heads)
    {
        _heads = new int[heads];
        for (var slot = 0; slot < _cells; slot++)
        {
            ref var cell = ref At(slot);
            if (cell.Blocks == 0) continue;
            ref var head = ref _heads[HeadOf(cell.Object)];
            cell.Next = head - 1;
            head = slot + 1;
        }
    }

    private ref Cell At(int slot) => ref _pages[slot >> PageBits][slot & (PageCells - 1)];

    private int HeadOf(ulong id) => (int)(id >> 20) & (_heads.Length - 1);

    private DiskPlace PlaceOf(int slot)
    {
        ref var cell = ref At(slot);
        return new DiskPlace(cell.Object, cell.Variant, cell.Block, cell.Blocks) { Slot = slot };
    }

    /// <summary>Packed, for the eight bytes would else take four more.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Cell
    {
        public ulong Object;
        public uint Variant;
        public uint Block;
        public uint Blocks;
        public int Next;
        public uint Hits;
    }
}
