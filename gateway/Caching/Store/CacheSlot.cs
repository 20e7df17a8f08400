using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>
/// Everything about one key: its entries, one for each selection by Vary (mostly just one), and the fetches that can be joined without one. Entries are an array swapped
/// whole, so that a look-up takes no lock. The gate protects the array, the fetches and the marks; under it a body's gate may be taken, or that of the order of eviction, never the other way round.
/// A shelf that was found empty is closed and taken out of the index; who still holds it looks the key up again.
/// </summary>
internal sealed class CacheSlot(CacheKey key, EvictionOrder order)
{
    /// <summary>A key whose Vary splits finer than this is better not kept in all its variants: the oldest goes.</summary>
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

    /// <summary>The newest entry that was selected by what the request has; null when there is none.</summary>
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

    /// <summary>Raised whenever what is held is declared outdated: what was asked for before is not put up after.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public bool IsPendingUnderGate => _pending.Count > 0;

    /// <summary>A fetch begins: until it has ended (<see cref="Ended"/>), a purge finds this shelf by its key, and what the fetch brings is outdated by it.</summary>
    /// <param name="isJoinable">Whether others may join it here.</param>
    public void BeginUnderGate(SharedFetch fetch, bool isJoinable)
    {
        _underWay++;
        if (isJoinable) _pending.Add(fetch);
    }

    /// <summary>A fetch that began here is over; its caller tidies the shelf up.</summary>
    public void Ended(SharedFetch fetch)
    {
        lock (Gate)
        {
            _underWay--;
            _pending.Remove(fetch);
        }
    }

    /// <summary>Earlier answers turned out to be for their asker alone: for a while nobody waits for another's.</summary>
    public bool PassesUnderGate(TimeSpan now) => _passUntil > now;

    public void MarkPass(TimeSpan until)
    {
        lock (Gate) _passUntil = until;
    }

    /// <summary>Nobody joins this fetch here any more: it has an entry, is for its starter alone, or is over.</summary>
    public void Settle(SharedFetch fetch)
    {
        lock (Gate) _pending.Remove(fetch);
    }

    /// <summary>
    /// Upstream's resource has changed, or what is held of it shall go: who waits already may have what comes, but nobody joins them, and it does not stay.
    /// Returns what stands here, for the caller to take down.
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
    /// Puts an entry up; its fetch settles afterwards, so that a request sees the one or the other or both, but never neither. Returns what it displaced; null with
    /// <paramref name="put"/> false when the shelf was closed, the response is outdated, or the budget has no room.
    /// </summary>
    /// <param name="askedIn">The generation in which the response was asked for.</param>
    public CacheEntry? Put(CacheEntry entry, MemoryBudget budget, int askedIn, out bool put)
    {
        CacheEntry? displaced = null;
        lock (Gate)
        {
            put = !IsClosed && askedIn == _generation && entry.TryShelve(budget);
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

        displaced?.Unshelve(budget);
        return displaced;
    }

    /// <summary>Takes one entry down; false when it stands here no more.</summary>
    public bool Remove(CacheEntry entry, MemoryBudget budget)
    {
        lock (Gate)
        {
            var at = Array.IndexOf(_entries, entry);
            if (at < 0) return false;
            _entries = [.. _entries[..at], .. _entries[(at + 1)..]];
            order.Remove(entry);
        }

        entry.Unshelve(budget);
        return true;
    }

    /// <summary>Closes the shelf when nothing stands on it and nothing is coming.</summary>
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
