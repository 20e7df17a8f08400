using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Gateway.Connections;

/// <summary>
/// Memory for Kestrel's pipes in blocks of one size. Blocks are pinned for life, so that the socket never has to pin them; returned blocks
/// are kept up to a bound, the rest is left to the garbage collector, so that a burst of connections does not cost memory for ever.
/// <para>
/// Each core keeps the block that was returned there last, and rents that first: it is still in the core's memory cache, and no other core touches what says so. The others lie in a queue for all.
/// </para>
/// </summary>
/// <remarks>Blocks are rented and returned by any thread. A second return of the same block does nothing.</remarks>
internal sealed class PipeBlockPool(int blockBytes, int idleBlocks, ConnectionMemory memory) : MemoryPool<byte>
{
    private readonly Latest[] _latest = new Latest[Math.Min(Environment.ProcessorCount, idleBlocks)];
    private readonly ConcurrentQueue<Block> _idle = new();
    private int _idleCount;
    private volatile bool _disposed;

    public override int MaxBufferSize => blockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockBytes);
        memory.Lend(blockBytes);
        var block = TakeIdle();
        if (block is null) return new Block(this, blockBytes);
        block.Lend();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        _idle.Clear();
        Array.Clear(_latest);
    }

    /// <summary>This core's block, one of the queue, or another core's: no block is made while one lies idle.</summary>
    private Block? TakeIdle()
    {
        if (_latest.Length == 0) return null;
        if (Interlocked.Exchange(ref _latest[Core()].Block, null) is { } latest) return latest;
        if (_idle.TryDequeue(out var queued))
        {
            Interlocked.Decrement(ref _idleCount);
            return queued;
        }

        foreach (ref var other in _latest.AsSpan())
        {
            if (other.Block is not null && Interlocked.Exchange(ref other.Block, null) is { } theirs) return theirs;
        }

        return null;
    }

    private int Core() => Thread.GetCurrentProcessorId() % _latest.Length;

    private void TakeBack(Block block)
    {
        memory.TakeBack(blockBytes);
        if (_disposed || _latest.Length == 0) return;
        if (Interlocked.Exchange(ref _latest[Core()].Block, block) is not { } earlier) return;
        if (Interlocked.Increment(ref _idleCount) > idleBlocks) Interlocked.Decrement(ref _idleCount);
        else _idle.Enqueue(earlier);
    }

    /// <summary>A core's block, with two lines of memory for itself: else the cores would take the line from each other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Latest
    {
        [FieldOffset(64)]
        public Block? Block;
    }

    private sealed class Block(PipeBlockPool pool, int bytes) : IMemoryOwner<byte>
    {
        private int _lent = 1;

        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(bytes, pinned: true), 0, bytes);

        public void Lend() => _lent = 1;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _lent, 0) == 1) pool.TakeBack(this);
        }
    }
}
