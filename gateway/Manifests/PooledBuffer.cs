using System.Buffers;
using System.Numerics;
using Gateway.Connections.Sending;

namespace Gateway.Manifests;

/// <summary>A growing buffer on the shared array pool: a rewritten playlist of half a megabyte leaves no garbage behind.</summary>
/// <remarks>
/// For one owner at a time; what it handed out is invalid after <see cref="Dispose"/>, except while a lease of <see cref="Lend"/> holds it: then nothing more is written. Writing throws <see cref="ManifestRefusedException"/> beyond its bounds.
/// </remarks>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Smallest = 256;

    private readonly RewritingBudget? _budget;
    private readonly long _limit;
    private byte[] _bytes = [];
    private int _written;
    private int _holders = 1;
    private int _isDisposed;

    /// <param name="capacity">Bytes that are likely needed.</param>
    /// <param name="budget">Where the memory is taken from; null where it is bounded otherwise.</param>
    /// <param name="limit">Most bytes that may be written, as far as the next power of two.</param>
    /// <exception cref="ManifestRefusedException">There is no memory for it.</exception>
    public PooledBuffer(long capacity, RewritingBudget? budget = null, long limit = int.MaxValue)
    {
        _budget = budget;
        _limit = limit;
        Grow((int)Math.Clamp(capacity, Smallest, Math.Max(limit, Smallest)));
    }

    /// <summary>Bytes that it has taken from the budget.</summary>
    public int Taken => _bytes.Length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _written);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(_written);
    }

    /// <summary>Holds what was written beyond <see cref="Dispose"/>, until the lease is released: a connection sends it as it lies.</summary>
    public ByteLease Lend()
    {
        Interlocked.Increment(ref _holders);
        return new ByteLease(this, static buffer => ((PooledBuffer)buffer).LetGo());
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) LetGo();
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return;
        var bytes = _bytes;
        _bytes = [];
        _budget?.Give(bytes.Length);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Ensure(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_bytes.Length - _written >= wanted) return;
        var needed = (long)_written + wanted;
        if (needed > _limit) throw new ManifestRefusedException(ManifestOutcome.TooLarge);
        Grow((int)Math.Max(Math.Min(_bytes.Length * 2L, Array.MaxLength), needed));
    }

    private void Grow(int capacity)
    {
        // The pool hands out powers of two.
        var size = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)capacity), (uint)Array.MaxLength);
        if (_budget is not null && !_budget.TryTake(size - _bytes.Length, _bytes.Length)) throw new ManifestRefusedException(ManifestOutcome.Overloaded);
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _budget?.Give(size - larger.Length);
        _bytes.AsSpan(0, _written).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
