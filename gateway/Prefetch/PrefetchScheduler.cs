using System.Collections.Concurrent;
using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Origin;
using Gateway.Timelines;
using Gateway.Transcoding;

namespace Gateway.Prefetch;

/// <summary>
/// Runs the prefetches of all sessions: each segment once, however many sessions want it, within a number of fetch slots for all and for each session. An item without a free slot waits; a slot
/// that becomes free goes to the item that is needed first.
/// </summary>
/// <remarks>
/// <para>Demand has priority: for each fetch that clients wait for, one slot less is given out, down to a quarter of them. Demand itself never comes here.</para>
/// <para>A fetch starts on the caller's thread, up to its first wait, as long as there is a free slot: after the response to segment n, the fetches of n+1 … are under
/// way, whatever else the machine does.</para>
/// <para>Sessions do not contend here: an item is found without a lock, and shared under the lock of the <see cref="PrefetchItem"/> itself; slots are counted by atomic operations.
/// Only an item without a free slot goes through one lock, that of the queue. A caller that adds an item checks for a free slot afterwards, and a caller that frees a slot checks the
/// queue afterwards: so no item waits beside a free slot. Fetches start, and are given up, outside of all locks; a fetch that is given up while it starts is cancelled by its
/// starter.</para>
/// <para>What a transcoder makes when it is asked for keeps its slot for as long as that may take: a fetch that were given up earlier would have it made in vain, and once more for
/// the player.</para>
/// <para>Each segment is counted once: by the cache from its fetch's start on, here when it never started.</para>
/// </remarks>
internal sealed class PrefetchScheduler
{
    private readonly MediaCache _cache;
    private readonly PrefetchOptions _options;
    private readonly TranscoderOptions _transcoder;
    private readonly PrefetchMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<RangedAddress, PrefetchItem> _open = new();
    private readonly PrefetchQueue _waiting;
    private readonly Predicate<PrefetchItem> _mayRun;
    private readonly long _mostUnused;
    private int _running;

    public PrefetchScheduler(MediaCache cache, PrefetchOptions options, TranscoderOptions transcoder, PrefetchMetrics metrics, TimeProvider time)
    {
        _cache = cache;
        _options = options;
        _transcoder = transcoder;
        _metrics = metrics;
        _time = time;
        _waiting = new PrefetchQueue(options.MaxWaiting);
        _mayRun = TryRunInSlot;
        _mostUnused = options.MaxUnusedBytes > 0 ? options.MaxUnusedBytes : cache.LimitBytes / 4;
        metrics.Watch(() => Volatile.Read(ref _running), () => cache.UnusedBytes);
    }

    /// <summary>Takes a share in the fetch of a segment, which is started or queued where it is not under way; null when the segment is held.</summary>
    /// <param name="viewer">The session that wants it.</param>
    /// <param name="target">The segment.</param>
    /// <param name="due">Time at which it will be needed.</param>
    /// <param name="isCounted">It was declined and counted before, for the same session.</param>
    public PrefetchItem? Want(Lookahead viewer, RangedAddress target, DateTimeOffset due, bool isCounted)
    {
        if (TryShare(target, due) is { } known) return known;
        if (target.Range is null && _cache.Holds(target.Address)) return null;
        var fresh = new PrefetchItem(target, viewer, _time.GetUtcNow()) { Due = due };
        if (IsShortOfMemory)
        {
            fresh.State = PrefetchItemState.Declined;
            if (!isCounted) _metrics.Ended(PrefetchOutcome.Dropped);
            return fresh;
        }

        while (!_open.TryAdd(target, fresh))
        {
            if (TryShare(target, due) is { } other) return other;
        }

        if (!TryRun(fresh)) Queue(fresh, isCounted);
        else if (!TryStart(fresh)) Fill();
        return fresh;
    }

    /// <summary>Gives shares back; an item without a share is given up, unless a client has joined its fetch or most of it is in.</summary>
    public void GiveBack(ReadOnlySpan<PrefetchItem> shares)
    {
        if (shares.IsEmpty) return;
        foreach (var share in shares) GiveBack(share);
        Fill();
    }

    /// <summary>The client requests the segment itself now: its share ends, and the fetch is not given up.</summary>
    public void Settle(PrefetchItem share)
    {
        bool declined;
        lock (share.Lock) declined = --share.Shares == 0 && share.TryDeclineUnderLock();
        if (declined) Declined(share);
    }

    /// <summary>Counts a request with more segments ahead than usual.</summary>
    public void Deepened() => _metrics.Deepened();

    /// <summary>Whether its fetch is under way.</summary>
    public static bool IsRunning(PrefetchItem share) => share.State == PrefetchItemState.Running;

    private bool IsShortOfMemory => _cache.Pressure == CachePressure.Critical || _cache.UnusedBytes >= _mostUnused;

    private void GiveBack(PrefetchItem share)
    {
        bool declined;
        var isFreed = false;
        PrefetchHandle? unwanted = null;
        lock (share.Lock)
        {
            if (--share.Shares > 0) return;
            declined = share.TryDeclineUnderLock();
            if (share.State == PrefetchItemState.Running)
            {
                // The slot is free at once: the fetch ends, or goes on for a client.
                share.State = PrefetchItemState.Abandoned;
                isFreed = true;
                unwanted = share.Handle;
            }
        }

        if (declined) Declined(share);
        if (isFreed) FreeSlot(share);
        unwanted?.Abandon(PrefetchEnding.GivenUp);
    }

    private PrefetchItem? TryShare(RangedAddress target, DateTimeOffset due)
    {
        if (!_open.TryGetValue(target, out var known)) return null;
        if (!known.TryShare(due, out var isSooner))
        {
            _open.TryRemove(new KeyValuePair<RangedAddress, PrefetchItem>(target, known));
            return null;
        }

        if (isSooner) _waiting.Changed(known);
        return known;
    }

    private bool TryRun(PrefetchItem item)
    {
        if (!TryTakeSlot()) return false;
        if (TryRunInSlot(item)) return true;
        Interlocked.Decrement(ref _running);
        return false;
    }

    /// <summary>Lets a waiting item use a slot that was taken for it, if its session is within its limit.</summary>
    private bool TryRunInSlot(PrefetchItem item)
    {
        if (!item.Starter.TryRun(_options.MaxPerSession)) return false;
        lock (item.Lock)
        {
            if (item.State == PrefetchItemState.Waiting)
            {
                item.State = PrefetchItemState.Running;
                return true;
            }
        }

        item.Starter.EndRun();
        return false;
    }

    private bool TryTakeSlot()
    {
        while (true)
        {
            var running = Volatile.Read(ref _running);
            var demand = Math.Max(0, _cache.FetchesUnderWay - running);
            var slots = Math.Max((_options.MaxConcurrent + 3) / 4, _options.MaxConcurrent - demand);
            if (running >= slots) return false;
            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running) return true;
        }
    }

    private void Queue(PrefetchItem fresh, bool isCounted)
    {
        var least = _waiting.IsHopeless(fresh.Due) ? fresh : _waiting.Add(fresh);
        if (least is not null && TryDecline(least))
        {
            _open.TryRemove(new KeyValuePair<RangedAddress, PrefetchItem>(least.Target, least));
            if (least != fresh || !isCounted) _metrics.Ended(PrefetchOutcome.Dropped);
        }

        Fill();
    }

    private static bool TryDecline(PrefetchItem item)
    {
        lock (item.Lock) return item.TryDeclineUnderLock();
    }

    private void Declined(PrefetchItem item)
    {
        _open.TryRemove(new KeyValuePair<RangedAddress, PrefetchItem>(item.Target, item));
        _waiting.Changed(item);
        _metrics.Ended(PrefetchOutcome.Dropped);
    }

    /// <summary>Starts the fetch; false when there is nothing to fetch: then the slot is free again, and may be waited for.</summary>
    private bool TryStart(PrefetchItem item)
    {
        PrefetchHandle? handle = null;
        try
        {
            handle = _cache.FetchAhead(new CacheRequest
            {
                Address = item.Target.Address,
                Range = item.Target.Range,
                Purpose = FetchPurpose.Prefetch,
                Rules = StorageRules.Media,
                Title = item.Starter.Title,
            });
        }
        finally
        {
            // A client has requested it meanwhile, or it is part of a held object, or its address is invalid: the slot is free again.
            if (handle is null) Free(item);
        }

        if (handle is null) return false;

        bool unwanted;
        lock (item.Lock)
        {
            unwanted = item.State == PrefetchItemState.Abandoned;
            if (item.State == PrefetchItemState.Running) item.Handle = handle;
        }

        if (unwanted) handle.Abandon(PrefetchEnding.GivenUp);
        _ = WatchAsync(item, handle);
        return true;
    }

    private async Task WatchAsync(PrefetchItem item, PrefetchHandle handle)
    {
        try
        {
            await handle.Over.WaitAsync(_options.Timeout + _transcoder.PatienceWith(item.Target.Address), _time);
        }
        catch (TimeoutException)
        {
            // The state changes first, so that no session gets a share in a fetch that is about to be given up. A client that has joined reads on; it is no prefetch any more.
            Free(item);
            handle.Abandon(PrefetchEnding.Failed);
        }

        Free(item);
        Fill();
    }

    private void Free(PrefetchItem item)
    {
        bool isFreed;
        lock (item.Lock)
        {
            isFreed = item.State == PrefetchItemState.Running;
            item.State = PrefetchItemState.Over;
            item.Handle = null;
        }

        if (isFreed) FreeSlot(item);
    }

    private void FreeSlot(PrefetchItem item)
    {
        _open.TryRemove(new KeyValuePair<RangedAddress, PrefetchItem>(item.Target, item));
        item.Starter.EndRun();
        Interlocked.Decrement(ref _running);
    }

    /// <summary>Gives free slots to waiting items. Items that waited too long are dropped first: by then their players have requested them, or have left.</summary>
    private void Fill()
    {
        if (_waiting.IsEmpty) return;
        var latest = IsShortOfMemory ? DateTimeOffset.MaxValue : _time.GetUtcNow() - _options.Timeout;
        while (_waiting.TryTakeOld(latest, out var old))
        {
            if (TryDecline(old)) Declined(old);
        }

        while (!_waiting.IsEmpty && TryTakeSlot())
        {
            var version = _waiting.Version;
            if (_waiting.TakeFirst(_mayRun) is { } next)
            {
                TryStart(next);
                continue;
            }

            // All waiting items belong to sessions at their limit. An item that came meanwhile may have missed this slot.
            Interlocked.Decrement(ref _running);
            if (version == _waiting.Version) return;
        }
    }
}
