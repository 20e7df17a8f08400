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
/// <para><see cref="_lock"/> protects the places, the queue and every <see cref="Ahead"/>; under it only field work happens. Fetches start, and are given up, outside
/// of it; one that is given up while it starts is told so by its starter.</para>
/// <para>Each segment is counted once: by the cellar from its fetch's start on, here when it never started.</para>
/// </remarks>
internal sealed class AheadDesk
{
    private readonly Cellar _cellar;
    private readonly PrefetchOptions _options;
    private readonly PrefetchMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<RangedAddress, Ahead> _open = [];
    private readonly List<Ahead> _waiting = [];
    private readonly long _mostUnused;
    private int _running;

    public AheadDesk(Cellar cellar, PrefetchOptions options, PrefetchMetrics metrics, TimeProvider time)
    {
        _cellar = cellar;
        _options = options;
        _metrics = metrics;
        _time = time;
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
        lock (_lock)
        {
            if (TryShareUnderLock(target, due, out var known)) return known;
        }

        if (target.Range is null && _cellar.Holds(target.Address)) return null;
        var fresh = new Ahead(target, viewer, _time.GetUtcNow()) { Due = due };
        if (IsShortOfMemory)
        {
            fresh.State = AheadState.Declined;
            if (!isTold) _metrics.Ended(PrefetchOutcome.Dropped);
            return fresh;
        }

        var dropped = false;
        lock (_lock)
        {
            if (TryShareUnderLock(target, due, out var known)) return known;
            _open.Add(target, fresh);
            if (!TryRunUnderLock(fresh))
            {
                _waiting.Add(fresh);
                dropped = TryDropLeastUrgentUnderLock(out var least) && !(least == fresh && isTold);
            }
        }

        if (dropped) _metrics.Ended(PrefetchOutcome.Dropped);
        if (fresh.State == AheadState.Running) Start(fresh);
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
        bool dropped;
        lock (_lock) dropped = --share.Shares == 0 && TryDeclineUnderLock(share);
        if (dropped) _metrics.Ended(PrefetchOutcome.Dropped);
    }

    /// <summary>Whether it is under way.</summary>
    public bool IsRunning(Ahead share)
    {
        lock (_lock) return share.State == AheadState.Running;
    }

    private bool IsShortOfMemory => _cellar.Pressure == CachePressure.Critical || _cellar.UnusedBytes >= _mostUnused;

    private void GiveBack(Ahead share)
    {
        bool dropped;
        AheadFetch? unwanted = null;
        lock (_lock)
        {
            if (--share.Shares > 0) return;
            dropped = TryDeclineUnderLock(share);
            if (share.State == AheadState.Running)
            {
                // Its place is free at once: what is given up ends, and what goes on does so for a client.
                FreeUnderLock(share, AheadState.Abandoned);
                unwanted = share.Fetch;
            }
        }

        if (dropped) _metrics.Ended(PrefetchOutcome.Dropped);
        unwanted?.Abandon(PrefetchEnding.GivenUp);
    }

    private bool TryShareUnderLock(RangedAddress target, DateTimeOffset due, out Ahead? known)
    {
        if (!_open.TryGetValue(target, out known)) return false;
        known.Shares++;
        if (due < known.Due) known.Due = due;
        return true;
    }

    private bool TryRunUnderLock(Ahead ahead)
    {
        var demand = Math.Max(0, _cellar.FetchesUnderWay - _running);
        var places = Math.Max((_options.MaxConcurrent + 3) / 4, _options.MaxConcurrent - demand);
        if (_running >= places || ahead.Starter.Running >= _options.MaxPerSession) return false;
        _running++;
        ahead.Starter.Running++;
        ahead.State = AheadState.Running;
        return true;
    }

    private bool TryDeclineUnderLock(Ahead ahead)
    {
        if (ahead.State != AheadState.Waiting) return false;
        ahead.State = AheadState.Declined;
        _open.Remove(ahead.Target);
        _waiting.Remove(ahead);
        return true;
    }

    private bool TryDropLeastUrgentUnderLock(out Ahead? least)
    {
        least = null;
        if (_waiting.Count <= _options.MaxWaiting) return false;
        foreach (var ahead in _waiting)
        {
            if (least is null || ahead.Due >= least.Due) least = ahead;
        }

        return TryDeclineUnderLock(least!);
    }

    private void Start(Ahead ahead)
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

        if (fetch is null) return;

        bool unwanted;
        lock (_lock)
        {
            ahead.Fetch = fetch;
            unwanted = ahead.State == AheadState.Abandoned;
        }

        if (unwanted) fetch.Abandon(PrefetchEnding.GivenUp);
        _ = WatchAsync(ahead, fetch);
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
        lock (_lock)
        {
            if (ahead.State == AheadState.Running) FreeUnderLock(ahead, AheadState.Over);
            ahead.State = AheadState.Over;
            ahead.Fetch = null;
        }
    }

    private void FreeUnderLock(Ahead ahead, AheadState state)
    {
        ahead.State = state;
        _open.Remove(ahead.Target);
        ahead.Starter.Running--;
        _running--;
    }

    /// <summary>Gives free places to what waits.</summary>
    private void Fill()
    {
        while (TakeNext() is { } next) Start(next);
    }

    /// <summary>What is needed first of all that may start now. What waited too long is dropped on the way: by then its viewer has asked for it, or has gone.</summary>
    private Ahead? TakeNext()
    {
        var dropped = 0;
        Ahead? first = null;
        lock (_lock)
        {
            if (_waiting.Count == 0) return null;
            var latest = IsShortOfMemory ? DateTimeOffset.MaxValue : _time.GetUtcNow() - _options.Timeout;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                var ahead = _waiting[i];
                if (ahead.Since <= latest)
                {
                    TryDeclineUnderLock(ahead);
                    dropped++;
                }
                else if (ahead.Starter.Running < _options.MaxPerSession && (first is null || ahead.Due < first.Due))
                {
                    first = ahead;
                }
            }

            if (first is not null && TryRunUnderLock(first)) _waiting.Remove(first);
            else first = null;
        }

        for (; dropped > 0; dropped--) _metrics.Ended(PrefetchOutcome.Dropped);
        return first;
    }
}
