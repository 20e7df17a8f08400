using System.Runtime.InteropServices;
using Gateway.Caching.Eviction;

namespace Gateway.Caching.Store;

/// <summary>
/// The blocks of one body: where a position lies, what is reserved for them, and giving them back. The class does not know readers.
/// <para>
/// Bodies of known length lie in large blocks, the last one cut to size. Those of unknown length start small and grow (4 KiB, 16 KiB, then 64 KiB each), so that a
/// short chunked playlist does not take a large block. Either way a position is found by arithmetic.
/// </para>
/// Changes happen only under the body's gate. Reads go without it only where nothing changes any more: blocks of known length are laid out once, the others are final
/// when the body is complete.
/// </summary>
internal sealed class BodyBlocks(BodyBlockPool pool, MemoryBudget budget)
{
    private const long RampStart = BodyBlockPool.Small + BodyBlockPool.Medium;

    private byte[]?[] _blocks = [];
    private int _count;
    private int _first;
    private long _reserved;
    private long _held;
    private bool _ramp;

    /// <summary>The length is unknown, and space is reserved block by block.</summary>
    public bool IsRamp => _ramp;

    /// <summary>Bytes that are held in the budget.</summary>
    public long Reserved => Volatile.Read(ref _reserved);

    /// <summary>Whether there is a block that has not been freed.</summary>
    public bool HoldsAny => _first < _count;

    /// <summary>Bytes of blocks that a body of this length takes.</summary>
    public static long SpaceFor(long length) =>
        length / BodyBlockPool.Large * BodyBlockPool.Large + (length % BodyBlockPool.Large is > 0 and var rest ? BodyBlockPool.SizeFor(rest) : 0);

    /// <summary>Lays out a known length, whose space the caller has reserved.</summary>
    public void LayKnown(long length)
    {
        _blocks = new byte[]?[(int)((length + BodyBlockPool.Large - 1) / BodyBlockPool.Large)];
        _reserved = SpaceFor(length);
    }

    public void LayRamp() => _ramp = true;

    /// <summary>Free memory of the last block, where the position lies in it; empty when a new block is needed.</summary>
    public Memory<byte> SpaceAt(long position)
    {
        var (index, offset) = Locate(position);
        return index < _count ? _blocks[index].AsMemory(offset) : default;
    }

    /// <summary>Size of the block that comes next.</summary>
    /// <param name="missing">Bytes that a body of known length still lacks.</param>
    public int NextSize(long missing) =>
        !_ramp ? BodyBlockPool.SizeFor(missing) : _count switch { 0 => BodyBlockPool.Small, 1 => BodyBlockPool.Medium, _ => BodyBlockPool.Large };

    /// <summary>Adds a block.</summary>
    /// <param name="reserved">Its bytes were reserved just now (those of a known length were all at the start).</param>
    public void Add(byte[] block, bool reserved)
    {
        if (_count == _blocks.Length) Array.Resize(ref _blocks, Math.Max(4, _count * 2));
        _blocks[_count++] = block;
        _held += block.Length;
        if (reserved) Volatile.Write(ref _reserved, _reserved + block.Length);
    }

    public ReadOnlyMemory<byte> Slice(long position, long available)
    {
        if (position >= available) return default;
        var (index, offset) = Locate(position);
        var block = _blocks[index] ?? throw new InvalidOperationException("A body that is not stored can only be read forwards.");
        // Marked as pinned, so that a socket takes it without a handle.
        return MemoryMarshal.CreateFromPinnedArray(block, offset, (int)Math.Min(block.Length - offset, available - position));
    }

    /// <summary>Frees the blocks that end at or before a position; true when there were any.</summary>
    /// <param name="stillRead">Lowest position from which a cut reader may still be sending: blocks there are never rented again.</param>
    public bool FreeBelow(long position, long stillRead)
    {
        var before = _first;
        while (_first < _count && End(_first) <= position)
        {
            Free(_first, again: End(_first) <= stillRead);
            _first++;
        }

        return _first > before;
    }

    /// <summary>Gives everything back; no reader is left.</summary>
    public void FreeAll()
    {
        for (; _first < _count; _first++) Free(_first, again: true);
        budget.Release(_reserved);
        _reserved = 0;
    }

    private void Free(int index, bool again)
    {
        var block = _blocks[index]!;
        _blocks[index] = null;
        if (again) pool.Return(block);
        else pool.Abandon(block);
        _held -= block.Length;
        // A known length gives its space back as a whole. Of a ramp, blocks rented without a reservation count as freed first.
        var excess = _reserved - _held;
        if (!_ramp || excess <= 0) return;
        Volatile.Write(ref _reserved, _held);
        budget.Release(excess);
    }

    private (int Index, int Offset) Locate(long position)
    {
        if (!_ramp) return ((int)(position / BodyBlockPool.Large), (int)(position % BodyBlockPool.Large));
        if (position < BodyBlockPool.Small) return (0, (int)position);
        if (position < RampStart) return (1, (int)(position - BodyBlockPool.Small));
        position -= RampStart;
        return ((int)(position / BodyBlockPool.Large) + 2, (int)(position % BodyBlockPool.Large));
    }

    /// <summary>First position behind a block of a ramp; only those are freed one by one.</summary>
    private static long End(int index) => index == 0 ? BodyBlockPool.Small : RampStart + (long)(index - 1) * BodyBlockPool.Large;
}
