using System.Diagnostics;
using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// The bytes of one response while they arrive and afterwards: written by one fetch, read by any number of readers, in blocks that are freed after the last lease.
/// <para>
/// <b>Leases.</b> The fetch holds one while it writes, the shelf one while the object stands there, every reader one. The count never rises from zero, so a block
/// that was freed is never lent again. A body that is complete is read without any lock.
/// </para>
/// <para>
/// <b>Joining.</b> While the body grows, readers stand in a list under the gate: landing bytes wake those that wait, and the fetch learns when the last one has
/// left. <see cref="TryClose"/> and <see cref="TryJoin"/> exclude each other, so nobody joins a fetch that is being given up.
/// </para>
/// <para>
/// <b>Kept or not.</b> A kept body of known length has its whole room reserved in the budget before the first byte. One of unknown length reserves block by block;
/// when that is refused, or it outgrows what is kept, it becomes a window: blocks below the slowest reader are freed, and the fetch waits when it is a window ahead of
/// that reader. So a reader that stalls stops nobody while the body is kept, and a body that is not kept needs a window of memory, however long it is.
/// </para>
/// The gate protects everything but the lease count. Under it only field work happens (and the pool's own gate is taken, never the other way round); wake-ups come after.
/// </summary>
internal sealed class MediaBody
{
    private readonly Lock _gate = new();
    private readonly BlockPool _pool;
    private readonly MemoryBudget _budget;
    private readonly long _window;

    private byte[]?[] _blocks = [];
    private int _blockCount;
    private int _firstBlock;
    private int _reservedBlocks;
    private long _reserved;
    private bool _ramp;
    private bool _windowed;
    private long _most = long.MaxValue;

    private long _available;
    private long _length = -1;
    private volatile BodyState _state;
    private OriginFailure _failure;
    private int _leases = 1;
    private bool _closed;

    private BodyReader? _readers;
    private int _readerCount;
    private TaskCompletionSource? _room;

    public MediaBody(BlockPool pool, MemoryBudget budget, long windowBytes)
    {
        _pool = pool;
        _budget = budget;
        _window = windowBytes;
    }

    /// <summary>Called, outside the gate, when the last reader of a growing body left. Set before anybody can join.</summary>
    public Action? Deserted { get; init; }

    /// <summary>Bytes that are in.</summary>
    public long Available => Volatile.Read(ref _available);

    /// <summary>Length of the whole body; null as long as it is not known.</summary>
    public long? Length => Volatile.Read(ref _length) is >= 0 and var length ? length : null;

    public bool IsComplete => _state == BodyState.Complete;

    public bool IsGrowing => _state == BodyState.Growing;

    /// <summary>Whether bytes stay until the lease ends: true for complete bodies and for kept ones of known length.</summary>
    public bool BytesStay => IsComplete ? !_windowed : !_ramp && !_windowed;

    /// <summary>Bytes that this body holds in the budget.</summary>
    public long Reserved => Volatile.Read(ref _reserved);

    /// <summary>Somebody besides the shelf holds a lease.</summary>
    public bool InUse => Volatile.Read(ref _leases) > 1;

    // ---- Laying out: once, by the fetch, before the head is announced. ----

    /// <summary>Lays the body out as a kept one, with room reserved when the length is known; false when there is no room.</summary>
    /// <param name="length">Length when known.</param>
    /// <param name="most">A body of unknown length that grows beyond this becomes a window.</param>
    public bool TryLayKept(long? length, long most)
    {
        if (length is not { } known)
        {
            lock (_gate)
            {
                _ramp = true;
                _most = most;
            }

            return true;
        }

        var need = RoomFor(known);
        if (!_budget.TryReserve(need)) return false;
        lock (_gate)
        {
            _length = known;
            _blocks = new byte[]?[(int)((known + BlockPool.Large - 1) / BlockPool.Large)];
            _reservedBlocks = _blocks.Length;
            _reserved = need;
        }

        return true;
    }

    /// <summary>Lays the body out as a window: nothing is kept, and only those who have joined already read it.</summary>
    public void LayWindow(long? length)
    {
        lock (_gate)
        {
            _windowed = true;
            _closed = true;
            _ramp = true;
            _length = length ?? -1;
        }
    }

    /// <summary>Bytes of blocks that a body of this length takes.</summary>
    public static long RoomFor(long length) =>
        length / BlockPool.Large * BlockPool.Large + (length % BlockPool.Large is > 0 and var rest ? BlockPool.SizeFor(rest) : 0);

    // ---- Writing: by the fetch alone. ----

    /// <summary>
    /// Free memory at the body's end to read into; empty when a window is full and the fetch has to wait for <see cref="RoomAsync"/>, or when a body of known length is full.
    /// </summary>
    /// <param name="outgrown">The body has just become a window: it has to leave the shelf.</param>
    public Memory<byte> Room(out bool outgrown)
    {
        outgrown = false;
        var (index, offset) = Locate(_available);
        if (index < _blockCount) return _blocks[index].AsMemory(offset);
        if (!_ramp && index >= _blocks.Length) return default;

        var size = _ramp ? RampSize(index) : BlockPool.SizeFor(_length - _available);
        var reserved = !_ramp;
        if (_ramp && !_windowed)
        {
            reserved = _available < _most && _budget.TryReserve(size);
            outgrown = !reserved;
        }

        if (outgrown) BecomeWindow();
        if (_windowed)
        {
            lock (_gate)
            {
                FreeBelowUnderGate();
                if (_available - SlowestUnderGate() >= _window) return default;
            }
        }

        var block = _pool.Rent(size);
        lock (_gate)
        {
            if (index >= _blocks.Length) Array.Resize(ref _blocks, Math.Max(4, index * 2));
            _blocks[index] = block;
            _blockCount = index + 1;
            if (reserved && _ramp)
            {
                _reserved += size;
                _reservedBlocks = _blockCount;
            }
        }

        return block;
    }

    /// <summary>Completes when a reader has moved on, so that a full window may have room again.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            if (_available - SlowestUnderGate() < _window) return Task.CompletedTask;
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Bytes that were written into <see cref="Room"/> have landed: they are everybody's now.</summary>
    public void Land(int bytes)
    {
        BodyReader? awake;
        lock (_gate)
        {
            Volatile.Write(ref _available, _available + bytes);
            awake = WaitingUnderGate();
        }

        Wake(awake);
    }

    /// <summary>The body's proper end.</summary>
    public void Complete()
    {
        BodyReader? awake;
        lock (_gate)
        {
            if (_state != BodyState.Growing) return;
            Volatile.Write(ref _length, _available);
            _state = BodyState.Complete;
            awake = WaitingUnderGate();
        }

        Wake(awake);
    }

    /// <summary>The body broke: whoever reads to its present end gets a <see cref="BrokenBodyException"/> there.</summary>
    public void Break(OriginFailure failure)
    {
        BodyReader? awake;
        lock (_gate)
        {
            if (_state != BodyState.Growing) return;
            _failure = failure;
            _closed = true;
            _state = BodyState.Broken;
            awake = WaitingUnderGate();
        }

        Wake(awake);
    }

    /// <summary>Cuts the readers that hold up the others of a full window. A lone reader is never cut: it holds up only itself.</summary>
    public int CutSlowest()
    {
        var cut = 0;
        lock (_gate)
        {
            var left = 0;
            for (var reader = _readers; reader is not null; reader = reader.Next) left += reader.IsCut ? 0 : 1;
            var slowest = SlowestUnderGate();
            if (_available - slowest < _window) return 0;
            for (var reader = _readers; reader is not null; reader = reader.Next)
            {
                if (reader.IsCut || reader.Position != slowest || left - cut == 1) continue;
                reader.IsCut = true;
                cut++;
            }

            FreeBelowUnderGate();
            _room?.TrySetResult();
            _room = null;
        }

        return cut;
    }

    // ---- Reading. ----

    /// <summary>A lease on a complete body; false when the body has been freed, or is not complete.</summary>
    public bool TryLease() => IsComplete && !_windowed && TryAddLease();

    /// <summary>Joins: a lease, and a place among the readers as long as the body grows. Null when the body broke, was given up or freed.</summary>
    public BodyReader? TryJoin()
    {
        lock (_gate)
        {
            if (_closed || !TryAddLease()) return null;
            var reader = new BodyReader(this);
            if (_state == BodyState.Growing) AttachUnderGate(reader);
            return reader;
        }
    }

    /// <summary>Gives a growing body up if nobody reads it, so that nobody joins it any more; false when somebody does.</summary>
    /// <param name="mostIsEnough">Refuses also when more than half of a known length is in: throwing that away costs more than finishing it.</param>
    public bool TryClose(bool mostIsEnough)
    {
        lock (_gate)
        {
            if (_state != BodyState.Growing || _readerCount > 0) return false;
            if (mostIsEnough && !_windowed && _length > 0 && _available > _length / 2) return false;
            _closed = true;
            return true;
        }
    }

    /// <summary>Gives a lease back. The last one frees the blocks.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _leases);
        Debug.Assert(left >= 0, "A lease was given back twice.");
        if (left == 0) Free();
    }

    /// <summary>A further lease for somebody who holds one already.</summary>
    public void AddLease()
    {
        var added = TryAddLease();
        Debug.Assert(added, "Leased through nobody's lease.");
    }

    /// <summary>The bytes at a position of a complete body; nothing at its end. The caller holds a lease.</summary>
    public ReadOnlyMemory<byte> Slice(long position) => Cut(position, _available);

    /// <summary>Bytes at a position, without waiting and without the gate; only for bodies whose bytes stay.</summary>
    public bool TryRead(long position, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        var complete = IsComplete;
        if (!complete && (_ramp || _windowed)) return false;
        if (_windowed) return false;
        var available = Available;
        if (position >= available) return complete;
        bytes = Cut(position, available);
        return true;
    }

    /// <summary>Bytes at a reader's position, or an entry among those who wait. Returns false when the reader has to wait.</summary>
    internal bool TryRead(BodyReader reader, long position, out ReadOnlyMemory<byte> bytes, out BrokenBodyException? broken)
    {
        lock (_gate)
        {
            reader.Position = Math.Max(reader.Position, position);
            if (_windowed && FreeBelowUnderGate() && _room is { } room)
            {
                _room = null;
                room.TrySetResult();
            }

            if (TryServeUnderGate(reader, position, out bytes, out broken)) return true;
            reader.IsWaiting = true;
            reader.Prepare();
            return false;
        }
    }

    /// <summary>The reader's own wait was cancelled; false when it was woken before.</summary>
    internal bool TryStopWaiting(BodyReader reader)
    {
        lock (_gate)
        {
            if (!reader.IsWaiting) return false;
            reader.IsWaiting = false;
            return true;
        }
    }

    /// <summary>The reader leaves, with its lease.</summary>
    internal void Leave(BodyReader reader)
    {
        var deserted = false;
        lock (_gate)
        {
            if (reader.IsAttached)
            {
                DetachUnderGate(reader);
                deserted = _readerCount == 0 && _state == BodyState.Growing;
                if (_windowed && _readerCount > 0) FreeBelowUnderGate();
                if (_room is { } room)
                {
                    _room = null;
                    room.TrySetResult();
                }
            }
        }

        // The reader's lease keeps the body until the fetch has heard of it.
        if (deserted) Deserted?.Invoke();
        Release();
    }

    private bool TryServeUnderGate(BodyReader reader, long position, out ReadOnlyMemory<byte> bytes, out BrokenBodyException? broken)
    {
        bytes = default;
        broken = null;
        if (reader.IsCut)
        {
            broken = new BrokenBodyException(OriginFailure.TooSlow);
            return true;
        }

        if (position < _available)
        {
            bytes = Cut(position, _available);
            return true;
        }

        if (_state == BodyState.Broken) broken = new BrokenBodyException(_failure);
        return _state != BodyState.Growing;
    }

    private ReadOnlyMemory<byte> Cut(long position, long available)
    {
        if (position >= available) return default;
        var (index, offset) = Locate(position);
        var block = _blocks[index] ?? throw new InvalidOperationException("A body that is not kept can only be read forwards.");
        return new ReadOnlyMemory<byte>(block, offset, (int)Math.Min(block.Length - offset, available - position));
    }

    /// <summary>
    /// Bodies of known length lie in large blocks, the last one cut to size. Those of unknown length start small and grow (4 KiB, 16 KiB, then 64 KiB each), so that a
    /// short chunked playlist does not take a large block; either way a position is found by arithmetic.
    /// </summary>
    private (int Index, int Offset) Locate(long position)
    {
        if (!_ramp) return ((int)(position / BlockPool.Large), (int)(position % BlockPool.Large));
        if (position < BlockPool.Small) return (0, (int)position);
        position -= BlockPool.Small;
        if (position < BlockPool.Medium) return (1, (int)position);
        position -= BlockPool.Medium;
        return ((int)(position / BlockPool.Large) + 2, (int)(position % BlockPool.Large));
    }

    private static int RampSize(int index) => index switch { 0 => BlockPool.Small, 1 => BlockPool.Medium, _ => BlockPool.Large };

    private static long RampEnd(int index) =>
        index switch { 0 => BlockPool.Small, _ => BlockPool.Small + BlockPool.Medium + (long)(index - 1) * BlockPool.Large };

    private bool TryAddLease()
    {
        var leases = Volatile.Read(ref _leases);
        while (leases > 0)
        {
            var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases) return true;
            leases = seen;
        }

        return false;
    }

    private void BecomeWindow()
    {
        lock (_gate)
        {
            _windowed = true;
            _closed = true;
            FreeBelowUnderGate();
        }
    }

    private long SlowestUnderGate()
    {
        if (_readers is null) return _available;
        var slowest = long.MaxValue;
        for (var reader = _readers; reader is not null; reader = reader.Next)
        {
            if (!reader.IsCut) slowest = Math.Min(slowest, reader.Position);
        }

        return slowest;
    }

    /// <summary>Frees the blocks that every reader has passed; true when there were any.</summary>
    private bool FreeBelowUnderGate()
    {
        var slowest = Math.Min(SlowestUnderGate(), _available);
        var freed = false;
        while (_firstBlock < _blockCount && RampEnd(_firstBlock) <= slowest)
        {
            FreeBlock(_firstBlock, again: !IsReadByCutUnderGate(_firstBlock));
            _firstBlock++;
            freed = true;
        }

        return freed;
    }

    /// <summary>A reader that was cut may still be sending out of this block: then the block must never carry other bytes.</summary>
    private bool IsReadByCutUnderGate(int index)
    {
        for (var reader = _readers; reader is not null; reader = reader.Next)
        {
            if (reader.IsCut && reader.Position < RampEnd(index)) return true;
        }

        return false;
    }

    private void FreeBlock(int index, bool again = true)
    {
        if (_blocks[index] is not { } block) return;
        _blocks[index] = null;
        if (again) _pool.Return(block);
        else _pool.Abandon(block);
        if (index >= _reservedBlocks || !_ramp) return;
        _reserved -= block.Length;
        _budget.Release(block.Length);
    }

    private void Free()
    {
        for (var i = _firstBlock; i < _blockCount; i++) FreeBlock(i);
        if (_reserved > 0) _budget.Release(_reserved);
        _reserved = 0;
    }

    private void AttachUnderGate(BodyReader reader)
    {
        reader.IsAttached = true;
        reader.Next = _readers;
        if (_readers is not null) _readers.Previous = reader;
        _readers = reader;
        _readerCount++;
    }

    private void DetachUnderGate(BodyReader reader)
    {
        reader.IsAttached = false;
        if (reader.Previous is null) _readers = reader.Next;
        else reader.Previous.Next = reader.Next;
        if (reader.Next is not null) reader.Next.Previous = reader.Previous;
        reader.Next = reader.Previous = null;
        _readerCount--;
    }

    /// <summary>Takes those who wait and can be served off the waiting, chained for <see cref="Wake"/>.</summary>
    private BodyReader? WaitingUnderGate()
    {
        BodyReader? chain = null;
        for (var reader = _readers; reader is not null; reader = reader.Next)
        {
            if (!reader.IsWaiting || !TryServeUnderGate(reader, reader.Position, out reader.Served, out reader.Broken)) continue;
            reader.IsWaiting = false;
            reader.NextAwake = chain;
            chain = reader;
        }

        return chain;
    }

    private static void Wake(BodyReader? chain)
    {
        while (chain is { } reader)
        {
            chain = reader.NextAwake;
            reader.NextAwake = null;
            reader.Wake();
        }
    }
}
