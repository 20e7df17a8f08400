namespace Gateway.Caching.Disk;

/// <summary>
/// What an entry in memory knows of its copy on disk. States follow each other as they are listed; from each the way leads back to <see cref="DiskUseState.New"/>, when a copy was refused or is
/// gone. May be used from any thread: the call that changes a state does what belongs to the change.
/// </summary>
/// <param name="key">Its identity on disk.</param>
/// <param name="askedIn">When its bytes were asked for, by the counter of the <see cref="Invalidations"/>.</param>
internal sealed class DiskUse(DiskKey key, long askedIn)
{
    private volatile DiskUseState _state;
    private int _slot;

    /// <summary>Of an entry that was read from disk.</summary>
    public DiskUse(DiskKey key, long askedIn, int slot)
        : this(key, askedIn)
    {
        _slot = slot;
        _state = DiskUseState.Stored;
    }

    public DiskKey Key => key;

    public long AskedIn => askedIn;

    public DiskUseState State => _state;

    /// <summary>Number of the copy in the index, when there is one.</summary>
    public int Slot => Volatile.Read(ref _slot);

    public bool TryMove(DiskUseState from, DiskUseState to) => Interlocked.CompareExchange(ref _state, to, from) == from;

    /// <summary>There is a copy.</summary>
    public void Stored(int slot)
    {
        Volatile.Write(ref _slot, slot);
        TryMove(DiskUseState.Offered, DiskUseState.Stored);
    }

    /// <summary>There is none; the next use may offer the object again.</summary>
    public void Reset() => TryMove(DiskUseState.Offered, DiskUseState.New);
}
