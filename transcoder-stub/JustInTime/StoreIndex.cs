namespace TranscoderStub.JustInTime;

/// <summary>
/// Which segments the store holds, how many bytes that is, and which go when there are too many. In memory only: what it names for deletion, the store deletes.
/// Any thread may call; a holder of a rendition's lock may, too.
/// </summary>
/// <param name="options">Bounds.</param>
/// <param name="time">Clock.</param>
/// <param name="list">Lists what is on disk, when the index is first used.</param>
internal sealed class StoreIndex(SegmentStoreOptions options, TimeProvider time, Func<IEnumerable<(string Key, long Size, DateTimeOffset Written)>> list)
{
    // Protects the entries and their sum. Nothing is called under it but the first listing.
    private readonly Lock _lock = new();
    private Dictionary<string, Entry>? _entries;
    private long _bytes;

    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>Lists what is on disk, unless that has been done.</summary>
    public void Load()
    {
        lock (_lock) Entries_NeedsLock();
    }

    public bool Contains(string key)
    {
        lock (_lock) return Entries_NeedsLock().ContainsKey(key);
    }

    /// <summary>Notes a use; false if there is no such segment.</summary>
    public bool TryUse(string key)
    {
        lock (_lock)
        {
            if (!Entries_NeedsLock().TryGetValue(key, out var entry)) return false;
            entry.Used = time.GetUtcNow();
            return true;
        }
    }

    /// <summary>Takes room before a write, so that writers beside each other do not overshoot the bound together.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="gone">Keys that made room, whether it was enough or not.</param>
    public bool TryReserve(long size, out IReadOnlyList<string> gone)
    {
        gone = [];
        lock (_lock)
        {
            var entries = Entries_NeedsLock();
            if (_bytes + size > options.MaxBytes) gone = Oldest_NeedsLock(entries, Math.Min(Goal, options.MaxBytes - size), isUsed: null);
            if (_bytes + size > options.MaxBytes) return false;
            _bytes += size;
            return true;
        }
    }

    /// <summary>Gives back room that was not needed.</summary>
    public void Release(long size)
    {
        lock (_lock) _bytes -= size;
    }

    /// <summary>Notes a segment for which room was taken.</summary>
    public void Add(string key, long size)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var entries = Entries_NeedsLock();
            if (entries.TryGetValue(key, out var before)) _bytes -= before.Size;
            entries[key] = new Entry { Size = size, Written = now, Used = now };
        }
    }

    public void Remove(string key)
    {
        lock (_lock)
        {
            if (Entries_NeedsLock().Remove(key, out var entry)) _bytes -= entry.Size;
        }
    }

    /// <summary>The clean-up that comes by the clock: down to what <see cref="SegmentStoreOptions.PruneTo"/> says, and nothing that was used of late.</summary>
    /// <returns>Keys that go.</returns>
    public IReadOnlyList<string> Prune()
    {
        lock (_lock) return Oldest_NeedsLock(Entries_NeedsLock(), Goal, (entry, now) => now - entry.Used < options.MinAge);
    }

    private long Goal => (long)(options.MaxBytes * options.PruneTo);

    // Which go: the ones used longest ago until so much is left, none younger than MinAge.
    private List<string> Oldest_NeedsLock(Dictionary<string, Entry> entries, long goal, Func<Entry, DateTimeOffset, bool>? isUsed)
    {
        var now = time.GetUtcNow();
        var gone = new List<string>();
        foreach (var (key, entry) in entries.Where(e => now - e.Value.Written >= options.MinAge && isUsed?.Invoke(e.Value, now) != true).OrderBy(e => e.Value.Used))
        {
            if (_bytes <= goal && now - entry.Used < options.MaxAge) break;
            gone.Add(key);
            _bytes -= entry.Size;
        }

        foreach (var key in gone) entries.Remove(key);
        return gone;
    }

    private Dictionary<string, Entry> Entries_NeedsLock()
    {
        if (_entries is not null) return _entries;
        _entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var (key, size, written) in list())
        {
            _entries[key] = new Entry { Size = size, Written = written, Used = written };
            _bytes += size;
        }

        return _entries;
    }

    private sealed class Entry
    {
        public long Size { get; init; }

        public DateTimeOffset Written { get; init; }

        public DateTimeOffset Used { get; set; }
    }
}
