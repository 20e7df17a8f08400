using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Gateway.Connections;

/// <summary>
/// Memory for Kestrel's pipes in blocks of one size. Blocks are pinned for life, so that the socket never has to pin them; returned blocks
/// are kept up to a bound, the rest is left to the garbage collector, so that a burst of connections does not cost memory for ever.
/// </summary>
/// <remarks>Blocks are rented and returned by any thread. A second return of the same block does nothing.</remarks>
internal sealed class PipeBlockPool(int blockBytes, int idleBlocks, ConnectionMemory memory) : MemoryPool<byte>
{
    private readonly ConcurrentQueue<Block> _idle = new();
    private int _idleCount;
    private volatile bool _disposed;

    public override int MaxBufferSize => blockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockBytes);
        memory.Lend(blockBytes);
        if (!_idle.TryDequeue(out var block)) return new Block(this, blockBytes);
        Interlocked.Decrement(ref _idleCount);
        block.Lend();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        _idle.Clear();
    }

    private void TakeBack(Block block)
    {
        memory.TakeBack(blockBytes);
        if (_disposed) return;
        if (Interlocked.Increment(ref _idleCount) > idleBlocks)
        {
            Interlocked.Decrement(ref _idleCount);
            return;
        }

        _idle.Enqueue(block);
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
