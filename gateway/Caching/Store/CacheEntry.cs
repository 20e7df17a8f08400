using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Policy;
using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>
/// One stored response: its head, its freshness, and a lease on its body. Head and freshness never change (a 304 makes a new entry over the same body); what may
/// change are the stamps of its use, a shortened lifetime, and the derived form. Stamps are written without a lock: a lost one costs a place in the order of eviction.
/// </summary>
internal sealed class CacheEntry
{
    /// <summary>
    /// Least cost of an entry beside its blocks: its objects and those of its body, its place in the index (measured: 1.1 to 1.3 KB), and short names. Longer names and
    /// heads come on top, see <see cref="EntryCost"/>.
    /// </summary>
    public const int Overhead = 3 << 9;

    private const long NotWaiting = -1;

    private readonly Lock _gate = new();
    private readonly Freshness _freshness;
    private readonly int _cost;
    private long _lifetimeTicks;
    private long _limitTicks = long.MaxValue;
    private long _lastUsedTicks;
    private long _unused;
    private int _demoted;
    private bool _isInSlot;
    private object? _derived;
    private ConfirmedEnd? _end;
    private long _derivedBytes;

    /// <param name="arrived"><see cref="CacheParts.Now"/> when the head came in.</param>
    /// <param name="ahead">Prefetched, without a demand yet.</param>
    public CacheEntry(CacheKey key, ResponseHead head, string finalUrl, VaryKey vary, Freshness freshness, TimeSpan arrived, MediaBody body, bool ahead)
    {
        Key = key;
        Head = head;
        FinalUrl = finalUrl;
        Vary = vary;
        Arrived = arrived;
        Body = body;
        _freshness = freshness;
        _lifetimeTicks = (freshness.Lifetime ?? TimeSpan.Zero).Ticks;
        _lastUsedTicks = arrived.Ticks;
        _cost = EntryCost.Of(key, head, finalUrl);
        _unused = ahead ? 0 : NotWaiting;
    }

    public CacheKey Key { get; }

    public ResponseHead Head { get; }

    public string FinalUrl { get; }

    public VaryKey Vary { get; }

    public TimeSpan Arrived { get; }

    public MediaBody Body { get; }

    /// <summary>The title that its bytes count for.</summary>
    public required string Title { get; init; }

    /// <summary>What it knows of its copy on disk; null when it is not to have one.</summary>
    public DiskUse? Disk { get; set; }

    /// <summary>Its place in the order of eviction; owned by <see cref="EvictionOrder"/>.</summary>
    public EvictionPlace? Place { get; set; }

    /// <summary>
    /// Upstream's freshness, except for <c>stale-while-revalidate</c> of a limited entry (a live playlist): it is served no older than twice the limit, or playback would
    /// stall.
    /// </summary>
    public Freshness Freshness
    {
        get
        {
            var limit = TimeSpan.FromTicks(Math.Max(0, Volatile.Read(ref _limitTicks)));
            return _freshness.StaleWhileRevalidate <= limit ? _freshness : _freshness with { StaleWhileRevalidate = limit };
        }
    }

    public TimeSpan LastUsed => TimeSpan.FromTicks(Volatile.Read(ref _lastUsedTicks));

    /// <summary>Prefetched, without a demand so far.</summary>
    public bool IsUntouched => Volatile.Read(ref _unused) != NotWaiting;

    /// <summary>Belongs to a session that has ended: evicted before entries that a session still plays.</summary>
    public bool IsDemoted => Volatile.Read(ref _demoted) != 0;

    /// <summary>A handler has limited its lifetime: a live playlist.</summary>
    public bool IsLimited => Volatile.Read(ref _limitTicks) != long.MaxValue;

    /// <summary>It stands in a slot.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate) return _isInSlot;
        }
    }

    public object? Derived => Volatile.Read(ref _derived);

    /// <summary>Bytes that go back to the budget with this entry, once the last lease on its body has ended.</summary>
    public long Bytes => _cost + Body.Reserved + Volatile.Read(ref _derivedBytes);

    public TimeSpan AgeAt(TimeSpan now) => _freshness.InitialAge + (now - Arrived);

    /// <summary>Time left until the entry is stale; negative when it is.</summary>
    public TimeSpan FreshForAt(TimeSpan now) => TimeSpan.FromTicks(Volatile.Read(ref _lifetimeTicks)) - AgeAt(now);

    public bool MayServeOnErrorAt(TimeSpan now) => FreshForAt(now) + _freshness.StaleIfError > TimeSpan.Zero;

    /// <summary>
    /// Limits the lifetime and never prolongs it; zero or less makes the entry stale at once. Counted from the arrival, so the age it had by then comes on top. The limit is a property of the bytes: an entry that
    /// takes them over after a 304 is limited likewise, from its own arrival on.
    /// </summary>
    public void LimitFreshness(TimeSpan lifetime)
    {
        Lower(ref _limitTicks, lifetime.Ticks);
        Shorten(lifetime);
    }

    /// <summary>Upstream has just been asked for something behind its end, and has nothing there.</summary>
    /// <param name="from">Byte from which on it has none, by what it said.</param>
    public void ConfirmEnd(TimeSpan now, long from) => Volatile.Write(ref _end, new ConfirmedEnd(now, from));

    /// <summary>Whether upstream has said within that time that the object has nothing from a byte on.</summary>
    public bool IsEndConfirmed(TimeSpan now, TimeSpan within, long from) => Volatile.Read(ref _end) is { } end && end.From <= from && now - end.At < within;

    /// <summary>Makes the entry stale at once, because upstream has another version. The limit of the bytes stays, should a 304 confirm them after all.</summary>
    public void Expire() => Shorten(TimeSpan.Zero);

    /// <summary>Stamps a use for a client.</summary>
    public void Touch(TimeSpan now)
    {
        Volatile.Write(ref _lastUsedTicks, now.Ticks);
        if (Volatile.Read(ref _demoted) != 0) Volatile.Write(ref _demoted, 0);
    }

    /// <summary>A prefetched body is complete: its bytes count as unused from now on. False when the wait for the first demand is over already.</summary>
    public bool TryLand(long bytes) => Interlocked.CompareExchange(ref _unused, bytes, 0) == 0;

    /// <summary>Ends the wait for the first demand, whatever ends it; true for one caller only.</summary>
    /// <param name="landed">The bytes given to <see cref="TryLand"/>.</param>
    public bool TryEndWait(out long landed)
    {
        landed = 0;
        if (!IsUntouched) return false;
        landed = Interlocked.Exchange(ref _unused, NotWaiting);
        return landed != NotWaiting;
    }

    public void Demote() => Volatile.Write(ref _demoted, 1);

    /// <summary>Called when a slot takes the entry: from here on its overhead counts, and a derived form may be kept. False when there is no space.</summary>
    public bool TryEnterSlot(MemoryBudget budget)
    {
        if (!budget.TryReserve(_cost + _derivedBytes)) return false;
        Body.AddLease();
        lock (_gate) _isInSlot = true;
        return true;
    }

    /// <summary>Called when the slot has removed the entry: its overhead and derived form go back at once, its body when the last reader is done.</summary>
    public void LeaveSlot(MemoryBudget budget)
    {
        long bytes;
        lock (_gate)
        {
            if (!_isInSlot) return;
            _isInSlot = false;
            bytes = _cost + _derivedBytes;
            _derivedBytes = 0;
            Volatile.Write(ref _derived, null);
        }

        budget.Release(bytes);
        Body.Release();
    }

    /// <summary>Takes over the derived form and the limit of the same bytes, before others see either through the new entry.</summary>
    public void Inherit(CacheEntry confirmed)
    {
        lock (confirmed._gate)
        {
            _derivedBytes = confirmed._derivedBytes;
            _derived = confirmed._derived;
        }

        var limit = Volatile.Read(ref confirmed._limitTicks);
        if (limit != long.MaxValue) LimitFreshness(TimeSpan.FromTicks(limit));
    }

    public bool TryKeepDerived(object derived, long bytes, MemoryBudget budget)
    {
        if (!budget.TryReserve(bytes)) return false;
        long old;
        lock (_gate)
        {
            if (_isInSlot)
            {
                old = _derivedBytes;
                _derivedBytes = bytes;
                Volatile.Write(ref _derived, derived);
            }
            else
            {
                old = bytes;
            }
        }

        budget.Release(old);
        return Derived == derived;
    }

    private void Shorten(TimeSpan lifetime) => Lower(ref _lifetimeTicks, lifetime > TimeSpan.Zero ? (lifetime + _freshness.InitialAge).Ticks : -1);

    private static void Lower(ref long value, long ticks)
    {
        var known = Volatile.Read(ref value);
        while (ticks < known)
        {
            var seen = Interlocked.CompareExchange(ref value, ticks, known);
            if (seen == known) return;
            known = seen;
        }
    }

    /// <param name="At">When upstream said so.</param>
    /// <param name="From">First byte of which it was said.</param>
    private sealed record ConfirmedEnd(TimeSpan At, long From);
}
