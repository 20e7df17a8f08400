using System.Collections.Concurrent;
using Gateway.Caching;
using Gateway.Manifests.Timeline;
using Gateway.Origin;
using Gateway.Segments;

namespace Gateway.Prefetch;

/// <summary>
/// Runs what viewings want ahead: each segment once, however many want it, within a number of places for all and for each viewing. What finds no place waits; the place
/// that becomes free goes to what is needed first.
/// </summary>
/// <remarks>
/// <para>Demand goes before: for each fetch that clients wait for, one place less is given out, down to a quarter of them. Demand itself never comes here.</para>
/// <para>A fetch starts on the caller's thread, up to its first wait, as long as there is a free place: after the response to segment n, the fetches of n+1 … are under
/// way, whatever else the machine does.</para>
/// <para>Viewers do not meet here: what is wanted is found without a lock, and shared under the lock of the <see cref="Ahead"/> itself; places are counted by atomic steps.
/// Only what finds no place goes through one lock, that of the queue. Whoever puts something in looks for a free place afterwards, and whoever frees a place looks into the
/// queue afterwards: so nothing waits beside a free place. Fetches start, and are given up, outside of all locks; one that is given up while it starts is told so by its
/// starter.</para>
/// <para>Each segment is counted once: by the cellar from its fetch's start on, here when it never started.</para>
/// </remarks>
internal sealed class AheadDesk
{
    private readonly Cellar _cellar;
    private readonly PrefetchOptions _options;
    private readonly PrefetchMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<RangedAddress, Ahead> _open = new();
    private readonly AheadQueue _waiting;
    private readonly Predicate<Ahead> _mayRun;
    private readonly long _mostUnused;
    private int _running;

    public AheadDesk(Cellar cellar, PrefetchOptions options, PrefetchMetrics metrics, TimeProvider time)
    {
        _cellar = cellar;
        _options = options;
        _metrics = metrics;
        _time = time;
        _waiting = new AheadQueue(options.MaxWaiting);
        _mayRun = TryRunInPlace;
        _mostUnused = options.MaxUnusedBytes > 0 ? options.MaxUnusedBytes : cellar.LimitBytes / 4;
        metrics.Watch(() => Volatile.Read(ref _running), () => cellar.UnusedBytes);
    }

    /// <summary>A share in the fetch of a segment, started or queued where it is not on its way; null when it is held.</summary>
    /// <param name="viewer">Who wants it.</param>
    /// <param name="target">What.</param>
    /// <param name="due">When it will be needed.</param>
    /// <param name="isTold">It was declined and counted before, for the same viewer.</param>
    public Ahead? Want(Lookahead viewer, RangedAddress target, DateTimeOffset due, bool isTold)
    {
        if (TryShare(target, due) is { } known) return known;
        if (target.Range is null && _cellar.Holds(target.Address)) return null;
        var fresh = new Ahead(target, viewer, _time.GetUtcNow()) { Due = due };
        if (IsShortOfMemory)
        {
            fresh.State = AheadState.Declined;
            if (!isTold) _metrics.Ended(PrefetchOutcome.Dropped);
            return fresh;
        }

        while (!_open.TryAdd(target, fresh))
        {
            if (TryShare(target, due) is { } other) return other;
        }

        if (!TryRun(fresh)) Queue(fresh, isTold);
        else if (!TryStart(fresh)) Fill();
        return fresh;
    }

    /// <summary>Gives shares back; what nobody wants any more is given up, unless a client has joined it or most of it is in.</summary>
    public void GiveBack(ReadOnlySpan<Ahead> shares)
    {
        if (shares.IsEmpty) return;
        foreach (var share in shares) GiveBack(share);
        Fill();
    }

    /// <summary>The client asks for it itself now: it need not be wanted ahead any more, and is not given up.</summary>
    public void Settle(Ahead share)
    {
        bool declined;
        lock (share.Lock) declined = --share.Shares == 0 && share.TryDeclineUnderLock();
        if (declined) Declined(share);
    }

    /// <summary>Whether it is under way.</summary>
    public static bool IsRunning(Ahead share) => share.State == AheadState.Running;

    private bool IsShortOfMemory => _cellar.Pressure == CachePressure.Critical || _cellar.UnusedBytes >= _mostUnused;

    private void GiveBack(Ahead share)
    {
        bool declined;
        var isFreed = false;
        AheadFetch? unwanted = null;
        lock (share.Lock)
        {
            if (--share.Shares > 0) return;
            declined = share.TryDeclineUnderLock();
            if (share.State == AheadState.Running)
            {
                // Its place is free at once: what is given up ends, and what goes on does so for a client.
                share.State = AheadState.Abandoned;
                isFreed = true;
                unwanted = share.Fetch;
            }
        }

        if (declined) Declined(share);
        if (isFreed) FreePlace(share);
        unwanted?.Abandon(PrefetchEnding.GivenUp);
    }

    private Ahead? TryShare(RangedAddress target, DateTimeOffset due)
    {
        if (!_open.TryGetValue(target, out var known)) return null;
        if (!known.TryShare(due, out var isSooner))
        {
            _open.TryRemove(new KeyValuePair<RangedAddress, Ahead>(target, known));
            return null;
        }

        if (isSooner) _waiting.Changed(known);
        return known;
    }

    private bool TryRun(Ahead ahead)
    {
        if (!TryTakePlace()) return false;
        if (TryRunInPlace(ahead)) return true;
        Interlocked.Decrement(ref _running);
        return false;
    }

    /// <summary>Has something that waits use a place that was taken for it, if its viewer may.</summary>
    private bool TryRunInPlace(Ahead ahead)
    {
        if (!ahead.Starter.TryRun(_options.MaxPerSession)) return false;
        lock (ahead.Lock)
        {
            if (ahead.State == AheadState.Waiting)
            {
                ahead.State = AheadState.Running;
                return true;
            }
        }

        ahead.Starter.EndRun();
        return false;
    }

    private bool TryTakePlace()
    {
        while (true)
        {
            var running = Volatile.Read(ref _running);
            var demand = Math.Max(0, _cellar.FetchesUnderWay - running);
            var places = Math.Max((_options.MaxConcurrent + 3) / 4, _options.MaxConcurrent - demand);
            if (running >= places) return false;
            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running) return true;
        }
    }

    private void Queue(Ahead fresh, bool isTold)
    {
        var least = _waiting.IsHopeless(fresh.Due) ? fresh : _waiting.Add(fresh);
        if (least is not null && TryDecline(least))
        {
            _open.TryRemove(new KeyValuePair<RangedAddress, Ahead>(least.Target, least));
            if (least != fresh || !isTold) _metrics.Ended(PrefetchOutcome.Dropped);
        }

        Fill();
    }

    private static bool TryDecline(Ahead ahead)
    {
        lock (ahead.Lock) return ahead.TryDeclineUnderLock();
    }

    private void Declined(Ahead ahead)
    {
        _open.TryRemove(new KeyValuePair<RangedAddress, Ahead>(ahead.Target, ahead));
        _waiting.Changed(ahead);
        _metrics.Ended(PrefetchOutcome.Dropped);
    }

    /// <summary>False when there is nothing to fetch: then its place is free again, and may be waited for.</summary>
    private bool TryStart(Ahead ahead)
    {
        AheadFetch? fetch = null;
        try
        {
            fetch = _cellar.FetchAhead(new MediaRequest
            {
                Address = ahead.Target.Address,
                Range = ahead.Target.Range,
                Purpose = FetchPurpose.Prefetch,
                Rules = SegmentRules.Media,
                Title = ahead.Starter.Title,
            });
        }
        finally
        {
            // A client asked meanwhile, or it is a part of what is held, or it cannot even be asked for: the place is free again.
            if (fetch is null) Free(ahead);
        }

        if (fetch is null) return false;

        bool unwanted;
        lock (ahead.Lock)
        {
            unwanted = ahead.State == AheadState.Abandoned;
            if (ahead.State == AheadState.Running) ahead.Fetch = fetch;
        }

        if (unwanted) fetch.Abandon(PrefetchEnding.GivenUp);
        _ = WatchAsync(ahead, fetch);
        return true;
    }

    private async Task WatchAsync(Ahead ahead, AheadFetch fetch)
    {
        try
        {
            await fetch.Over.WaitAsync(_options.Timeout, _time);
        }
        catch (TimeoutException)
        {
            // First its place, so that nobody gets a share in what is about to be given up. A client that has joined reads on; it is no prefetch any more.
            Free(ahead);
            fetch.Abandon(PrefetchEnding.Failed);
        }

        Free(ahead);
        Fill();
    }

    private void Free(Ahead ahead)
    {
        bool isFreed;
        lock (ahead.Lock)
        {
            isFreed = ahead.State == AheadState.Running;
            ahead.State = AheadState.Over;
            ahead.Fetch = null;
        }

        if (isFreed) FreePlace(ahead);
    }

    private void FreePlace(Ahead ahead)
    {
        _open.TryRemove(new KeyValuePair<RangedAddress, Ahead>(ahead.Target, ahead));
        ahead.Starter.EndRun();
        Interlocked.Decrement(ref _running);
    }

    /// <summary>Gives free places to what waits. What waited too long is dropped first: by then its viewer has asked for it, or has gone.</summary>
    private void Fill()
    {
        if (_waiting.IsEmpty) return;
        var latest = IsShortOfMemory ? DateTimeOffset.MaxValue : _time.GetUtcNow() - _options.Timeout;
        while (_waiting.TryTakeOld(latest, out var old))
        {
            if (TryDecline(old)) Declined(old);
        }

        while (!_waiting.IsEmpty && TryTakePlace())
        {
            var version = _waiting.Version;
            if (_waiting.TakeFirst(_mayRun) is { } next)
            {
                TryStart(next);
                continue;
            }

            // Everything that waits is of viewers who have enough. What came meanwhile may have missed this place.
            Interlocked.Decrement(ref _running);
            if (version == _waiting.Version) return;
        }
    }
}
