using Gateway.Caching.Eviction;
using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>
/// The bytes of one response while they arrive and afterwards: written by one fetch, read by any number of readers, in blocks that are freed after the last lease.
/// <para>
/// <b>Leases.</b> The fetch holds one while it writes, the slot one while the object is stored there, every reader one. The count never rises from zero, so a
/// freed body is never leased again. A body that is complete is read without any lock.
/// </para>
/// <para>
/// <b>Joining.</b> While the body grows, readers stand in a list under the gate: landing bytes wake those that wait (a crowd in rounds, see <see cref="WakePace"/>),
/// and the fetch learns when the last one has left.
/// <see cref="TryGiveUp"/> and <see cref="TryJoin"/> exclude each other, so nobody joins a fetch that is being given up.
/// </para>
/// <para>
/// <b>Stored or not.</b> A stored body of known length has its whole space reserved in the budget before the first byte. One of unknown length reserves block by block;
/// when that is refused, or it outgrows the storable size, it becomes a window: blocks below the slowest reader are freed, and the fetch waits when it is a window ahead of
/// that reader. So a stalled reader stops nobody while the body is stored, and a body that is not stored needs a window of memory, however long it is.
/// </para>
/// The gate protects everything but the lease count. Under it only field work happens (and the pool's own gate is taken, never the other way round); wake-ups come after.
/// </summary>
internal sealed partial class MediaBody
{
    private readonly Lock _gate = new();
    private readonly BodyBlockPool _pool;
    private readonly MemoryBudget _budget;
    private readonly BodyBlocks _blocks;
    private readonly BodyReaders _readers = new();
    private readonly StreamWindow _window;
    private readonly WakePace _pace;

    private long _available;
    private long _length = -1;
    private long _most = long.MaxValue;
    private volatile BodyState _state;
    private OriginFailure _failure;
    private bool _closed;
    private Action? _deserted;
    private LeaseCount _leases = new();

    /// <param name="pool">Where blocks come from.</param>
    /// <param name="budget">Where space for stored bodies is reserved.</param>
    /// <param name="clock">Time of the rounds in which a crowd is woken.</param>
    /// <param name="windowBytes">How far a fetch runs ahead of the slowest reader of a body that is not stored.</param>
    public MediaBody(BodyBlockPool pool, MemoryBudget budget, TimeProvider clock, long windowBytes)
    {
        _pool = pool;
        _budget = budget;
        _blocks = new BodyBlocks(pool, budget);
        _window = new StreamWindow(_blocks, _readers, windowBytes);
        _pace = new WakePace(clock, WakeRound);
    }

    /// <summary>
    /// Called, outside the gate, when the last reader of a growing body left. Set to null at the body's end: a body outlives its fetch and must not keep it alive. Each fetch
    /// of a live playlist confirms the body of the one before, so the chain of them would never end.
    /// </summary>
    public Action? Deserted
    {
        init => _deserted = value;
    }

    /// <summary>Bytes that have arrived.</summary>
    public long Available => Volatile.Read(ref _available);

    /// <summary>Length of the whole body; null as long as it is not known.</summary>
    public long? Length => Volatile.Read(ref _length) is >= 0 and var length ? length : null;

    public bool IsComplete => _state == BodyState.Complete;

    public bool IsGrowing => _state == BodyState.Growing;

    /// <summary>Whether bytes stay until the lease ends: true for stored bodies that are complete, or of known length.</summary>
    public bool BytesStay => BytesStayWhen(IsComplete);

    /// <summary>Bytes that this body holds in the budget.</summary>
    public long Reserved => _blocks.Reserved;

    /// <summary>Somebody besides the slot holds a lease.</summary>
    public bool InUse => _leases.IsShared;

    /// <summary>Somebody reads along, or waits to.</summary>
    public bool IsRead
    {
        get
        {
            lock (_gate) return _readers.Count > 0;
        }
    }

    /// <summary>Whether somebody may still join it.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate) return !_closed;
        }
    }

    /// <summary>Lays the body out as a stored one, with space reserved when the length is known; false when there is none.</summary>
    /// <param name="length">Length when known.</param>
    /// <param name="most">A body of unknown length that grows beyond this becomes a window.</param>
    public bool TryLayKept(long? length, long most)
    {
        if (length is { } known && !_budget.TryReserve(BodyBlocks.SpaceFor(known))) return false;
        lock (_gate)
        {
            _most = most;
            _length = length ?? -1;
            if (length is null) _blocks.LayRamp();
            else _blocks.LayKnown(length.Value);
        }

        return true;
    }

    /// <summary>Publishes bytes that were written into <see cref="Space"/> to the readers.</summary>
    public void Land(int bytes)
    {
        BodyReader? awake;
        lock (_gate)
        {
            Volatile.Write(ref _available, _available + bytes);
            awake = _pace.IsDue(_readers.Count) ? _readers.TakeServable(this) : null;
        }

        BodyReaders.Wake(awake);
    }

    /// <summary>
    /// Completes the body; false when it was given up before. The last bytes and the end are published as one: whoever has the whole body finds it complete, and a request that its client sends next is a hit.
    /// </summary>
    /// <param name="last">Bytes that were written into <see cref="Space"/> since the last <see cref="Land"/>.</param>
    public bool TryComplete(int last = 0) => TryEnd(BodyState.Complete, default, last);

    /// <summary>Marks the body as broken: a reader that comes to its present end gets a <see cref="BrokenBodyException"/> there.</summary>
    public void Break(OriginFailure failure) => TryEnd(BodyState.Broken, failure, last: 0);

    /// <summary>Gives a growing body up if it has no reader, so that nobody joins it any more; false when it has one.</summary>
    /// <param name="mostIsEnough">Refuses also when more than half of a known length is in: discarding that costs more than finishing it.</param>
    public bool TryGiveUp(bool mostIsEnough)
    {
        lock (_gate)
        {
            if (_state != BodyState.Growing || _readers.Count > 0) return false;
            if (mostIsEnough && !_window.IsOpen && _length > 0 && _available > _length / 2) return false;
            _closed = true;
            _state = BodyState.GivenUp;
            _deserted = null;
            return true;
        }
    }

    /// <summary>Joins: takes a lease, and a place among the readers as long as the body grows. Null when the body broke, was given up or freed.</summary>
    public BodyReader? TryJoin()
    {
        lock (_gate)
        {
            if (_closed || !_leases.TryAdd()) return null;
            var reader = new BodyReader(this);
            if (_state == BodyState.Growing) _readers.Attach(reader);
            return reader;
        }
    }

    /// <summary>The bytes at a position of a complete body; nothing at its end. The caller holds a lease.</summary>
    public ReadOnlyMemory<byte> Slice(long position) => _blocks.Slice(position, _available);

    /// <summary>Bytes at a position, without waiting and without the gate; only where bytes stay.</summary>
    public bool TryRead(long position, out ReadOnlyMemory<byte> bytes)
    {
        var complete = IsComplete;
        bytes = default;
        if (!BytesStayWhen(complete)) return false;
        var available = Available;
        if (position >= available) return complete;
        bytes = _blocks.Slice(position, available);
        return true;
    }

    /// <summary>Gives the bytes at a reader's position; false when the reader was put among those that wait.</summary>
    internal bool TryRead(BodyReader reader, long position, out ReadOnlyMemory<byte> bytes, out BrokenBodyException? broken)
    {
        lock (_gate)
        {
            reader.Position = Math.Max(reader.Position, position);
            if (_window.IsOpen) _window.Move(_available);
            if (TryServeUnderGate(reader, out bytes, out broken)) return true;
            reader.IsWaiting = true;
            reader.Prepare();
            return false;
        }
    }

    internal bool TryServeUnderGate(BodyReader reader, out ReadOnlyMemory<byte> bytes, out BrokenBodyException? broken)
    {
        bytes = default;
        broken = reader.IsCut ? new BrokenBodyException(OriginFailure.TooSlow) : null;
        if (broken is not null) return true;
        bytes = _blocks.Slice(reader.Position, _available);
        if (!bytes.IsEmpty) return true;
        if (_state == BodyState.Broken) broken = new BrokenBodyException(_failure);
        return _state != BodyState.Growing;
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
        Action? deserted = null;
        lock (_gate)
        {
            reader.IsWaiting = false;
            if (reader.IsAttached)
            {
                _readers.Detach(reader);
                if (_readers.Count == 0 && _state == BodyState.Growing) deserted = _deserted;
                if (_window.IsOpen) _window.Move(_available);
            }
        }

        // The reader's lease keeps the body until the fetch has heard of it.
        deserted?.Invoke();
        Release();
    }

    private void WakeRound()
    {
        BodyReader? awake;
        lock (_gate)
        {
            _pace.Begin();
            awake = _readers.TakeServable(this);
        }

        BodyReaders.Wake(awake);
    }

    private bool TryEnd(BodyState state, OriginFailure failure, int last)
    {
        BodyReader? awake;
        lock (_gate)
        {
            if (_state != BodyState.Growing) return false;
            _failure = failure;
            _closed |= state == BodyState.Broken;
            Volatile.Write(ref _available, _available + last);
            if (state == BodyState.Complete) Volatile.Write(ref _length, _available);
            _state = state;
            _deserted = null;
            awake = _readers.TakeServable(this);
        }

        BodyReaders.Wake(awake);
        return true;
    }

    /// <summary>Completeness has to be read first: a complete body does not become a window any more.</summary>
    private bool BytesStayWhen(bool complete) => (complete || !_blocks.IsRamp) && !_window.IsOpen;
}
