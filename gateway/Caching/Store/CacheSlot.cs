using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>
/// All state of one key: its entries, one for each selection by Vary (mostly just one), and the fetches that can be joined without one. Entries are an array swapped
/// whole, so that a look-up takes no lock. The gate protects the array, the fetches and the marks; under it a body's gate may be taken, or that of the order of eviction, never the other way round.
/// A slot that was found empty is closed and removed from the index; a caller that still holds it looks the key up again.
/// </summary>
internal sealed class CacheSlot(CacheKey key, EvictionOrder order)
{
    /// <summary>Most variants of a key. Where Vary splits finer, storing every variant is not worth it: the oldest is removed.</summary>
    private const int MostVariants = 16;

    private volatile CacheEntry[] _entries = [];
    private readonly List<SharedFetch> _pending = [];
    private TimeSpan _passUntil;
    private int _generation;
    private int _underWay;

    public Lock Gate { get; } = new();

    public CacheKey Key { get; } = key;

    public bool IsClosed { get; private set; }

    public CacheEntry[] Entries => _entries;

    public bool IsBusy
    {
        get
        {
            lock (Gate) return _pending.Count > 0;
        }
    }

    /// <summary>The newest entry whose selecting fields match the request; null when there is none.</summary>
    public CacheEntry? Find(ReadOnlySpan<HeaderLine> fields)
    {
        var entries = _entries;
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i].Vary.Fits(fields)) return entries[i];
        }

        return null;
    }

    /// <summary>A reader of a fetch under way that will probably answer this request: one whose request selects the same, as far as Vary is known from earlier answers.</summary>
    public BodyReader? JoinUnderGate(ReadOnlySpan<HeaderLine> fields, out SharedFetch? fetch)
    {
        var entries = _entries;
        foreach (var pending in _pending)
        {
            if (entries.Length > 0 && !VaryKey.Of(entries[^1].Head, pending.Request.Fields, isAnswer: false).Fits(fields)) continue;
            if (pending.AskedIn != _generation || pending.JoinUnderGate(fields) is not { } reader) continue;
            fetch = pending;
            return reader;
        }

        fetch = null;
        return null;
    }

    /// <summary>Raised at each invalidation: a response that was requested before one is not stored after it.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public bool IsPendingUnderGate => _pending.Count > 0;

    /// <summary>A fetch begins: until it has ended (<see cref="Ended"/>), a purge finds this slot by its key and invalidates the fetch's response.</summary>
    /// <param name="isJoinable">Whether others may join it here.</param>
    public void BeginUnderGate(SharedFetch fetch, bool isJoinable)
    {
        _underWay++;
        if (isJoinable) _pending.Add(fetch);
    }

    /// <summary>A fetch that began here is over; the caller removes the slot if it is empty.</summary>
    public void Ended(SharedFetch fetch)
    {
        lock (Gate)
        {
            _underWay--;
            _pending.Remove(fetch);
        }
    }

    /// <summary>A response turned out to be for its requester alone: for a while requests for this key are not coalesced.</summary>
    public bool PassesUnderGate(TimeSpan now) => _passUntil > now;

    public void MarkPass(TimeSpan until)
    {
        lock (Gate) _passUntil = until;
    }

    /// <summary>Ends joining of this fetch here: it has an entry, is for its starter alone, or is over.</summary>
    public void Settle(SharedFetch fetch)
    {
        lock (Gate) _pending.Remove(fetch);
    }

    /// <summary>
    /// Invalidates: upstream's resource has changed, or an operator purges it. Those who wait already may have the response, but nobody joins them, and it is not stored.
    /// Returns the entries, for the caller to remove.
    /// </summary>
    public CacheEntry[] Outdate()
    {
        lock (Gate)
        {
            _generation++;
            return _entries;
        }
    }

    /// <summary>
    /// Stores an entry; its fetch settles afterwards, so that a request sees the one or the other or both, but never neither. Returns the displaced entry; null with
    /// <paramref name="put"/> false when the slot was closed, the response is invalidated, or the budget has no space.
    /// </summary>
    /// <param name="askedIn">The generation in which the request went upstream.</param>
    public CacheEntry? Put(CacheEntry entry, MemoryBudget budget, int askedIn, out bool put)
    {
        CacheEntry? displaced = null;
        lock (Gate)
        {
            put = !IsClosed && askedIn == _generation && entry.TryEnterSlot(budget);
            if (!put) return null;
            _passUntil = default;
            var entries = _entries.ToList();
            var same = entries.FindIndex(e => e.Vary.IsSame(entry.Vary));
            if (same < 0 && entries.Count >= MostVariants) same = 0;
            if (same >= 0)
            {
                displaced = entries[same];
                entries.RemoveAt(same);
            }

            entries.Add(entry);
            _entries = [.. entries];
            if (displaced is not null) order.Remove(displaced);
            order.Add(this, entry);
        }

        displaced?.LeaveSlot(budget);
        return displaced;
    }

    /// <summary>Removes one entry; false when it is not here any more.</summary>
    public bool Remove(CacheEntry entry, MemoryBudget budget)
    {
        lock (Gate)
        {
            var at = Array.IndexOf(_entries, entry);
            if (at < 0) return false;
            _entries = [.. _entries[..at], .. _entries[(at + 1)..]];
            order.Remove(entry);
        }

        entry.LeaveSlot(budget);
        return true;
    }

    /// <summary>Closes the slot when it has neither an entry nor a fetch.</summary>
    public bool TryClose(TimeSpan now)
    {
        lock (Gate)
        {
            if (_entries.Length > 0 || _underWay > 0 || _passUntil > now) return false;
            IsClosed = true;
            return true;
        }
    }
}
