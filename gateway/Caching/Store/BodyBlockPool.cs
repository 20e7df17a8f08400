namespace Gateway.Caching.Store;

/// <summary>
/// Pinned blocks for bodies, in three sizes so that a 2 KB playlist does not take 64 KiB. Each block is an array of its own on the pinned heap: sockets and TLS use it
/// without pinning anew, it never moves, and the collector can give a dropped block's memory back. (Slabs cut into blocks were rejected: one lent block
/// keeps its whole slab, and a slab of one size is lost to the others.)
/// <para>
/// Rented and free blocks together stay within the limit, and a spare sixteenth, as long as the rented ones do: a size without a free block replaces another size's
/// free ones. The spare is for streams that rent beyond a full limit block by block: without it each of their blocks would be made anew, and the pinned heap, which is
/// never compacted, would grow by half the limit between two full collections. Safe from any thread; the lock protects the free lists, and no allocation happens under it.
/// </para>
/// </summary>
internal sealed class BodyBlockPool(long limit)
{
    public const int Small = 4 << 10;
    public const int Medium = 16 << 10;

    /// <summary>Bytes of the largest size. One TLS write or socket send takes 64 KiB well; larger blocks gained nothing and waste more at a body's end.</summary>
    public const int Large = 64 << 10;

    /// <summary>Part of the limit that free blocks may take even where the rented ones fill it.</summary>
    private const int SpareShare = 16;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]>[] _free = [new(), new(), new()];
    private long _lent;
    private long _idle;
    private long _dropped;

    /// <summary>Bytes of the blocks that are lent out.</summary>
    public long Lent => Interlocked.Read(ref _lent);

    /// <summary>Bytes of the free blocks.</summary>
    public long Idle => Interlocked.Read(ref _idle);

    /// <summary>Bytes of all blocks that were ever left to the garbage collector.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Size of the block that fits this many bytes best; more than <see cref="Large"/> takes several.</summary>
    public static int SizeFor(long bytes) => bytes <= Small ? Small : bytes <= Medium ? Medium : Large;

    private long MostIdleUnderGate => Math.Max(limit / SpareShare, limit - _lent);

    public byte[] Rent(int size)
    {
        lock (_gate)
        {
            _lent += size;
            if (_free[ClassOf(size)].TryPop(out var block))
            {
                _idle -= size;
                return block;
            }

            ShrinkUnderGate(MostIdleUnderGate);
        }

        return GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    public void Return(byte[] block)
    {
        lock (_gate)
        {
            _lent -= block.Length;
            if (_idle + block.Length > MostIdleUnderGate)
            {
                _dropped += block.Length;
                return;
            }

            _free[ClassOf(block.Length)].Push(block);
            _idle += block.Length;
        }
    }

    /// <summary>Counts a block as given back without ever lending it again; the collector takes it when its last user is done.</summary>
    public void Abandon(byte[] block)
    {
        lock (_gate)
        {
            _lent -= block.Length;
            _dropped += block.Length;
        }
    }

    /// <summary>Drops free blocks until at most <paramref name="bytes"/> of them are left.</summary>
    public void Shrink(long bytes)
    {
        lock (_gate) ShrinkUnderGate(bytes);
    }

    private void ShrinkUnderGate(long bytes)
    {
        for (var i = _free.Length - 1; i >= 0 && _idle > bytes; i--)
        {
            while (_idle > bytes && _free[i].TryPop(out var block))
            {
                _idle -= block.Length;
                _dropped += block.Length;
            }
        }
    }

    private static int ClassOf(int size) => size switch { Small => 0, Medium => 1, _ => 2 };
}
