using System.Runtime.InteropServices;
using Gateway.Caching.Outages;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <summary>
/// Coalesces the requests that no stored response answers: 1. join a fetch that is under way, or start one; 2. wait for the head, as long as the fetch does;
/// 3. read along, or, when the response is not for this request, try again or fetch alone; where upstream is away, a request that may wait does (<see cref="OutageHold"/>), and begins anew.
/// <para>
/// Whether to join or to start is decided under the slot's gate, so that a thousand simultaneous requests start one fetch; the fetch itself starts outside of it.
/// </para>
/// </summary>
internal sealed class FetchCoalescer(CacheParts parts, CacheIndex index, StoredReplies held, CancellationToken stopping)
{
    /// <summary>
    /// A follower that waited in vain (the response was selected by other fields, or removed at once) tries again to share, this many times, and then fetches alone. Followers
    /// of the same fetch that waited in vain share the next one.
    /// </summary>
    private const int SharedRounds = 4;

    private int _count;

    public CacheParts Parts => parts;

    public CacheIndex Index => index;

    /// <summary>Cancelled when the cache is closing: ends every fetch.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>Fetches under way.</summary>
    public int Count => Volatile.Read(ref _count);

    public ValueTask<CacheReply> OpenAsync(CacheKey key, CacheRequest request, CacheDirectives asked, ForwardReason forward, CancellationToken leaving) =>
        request.AwaitsOrigin && parts.Outages is { IsOn: true } outages ? OpenPatientlyAsync(outages, key, request, asked, forward, leaving) : OpenAsync(key, request, asked, forward, null, leaving);

    private async ValueTask<CacheReply> OpenPatientlyAsync(
        OriginOutages outages, CacheKey key, CacheRequest request, CacheDirectives asked, ForwardReason forward, CancellationToken leaving)
    {
        using var hold = new OutageHold(outages, request);
        return await OpenAsync(key, request, asked, forward, hold, leaving);
    }

    private async ValueTask<CacheReply> OpenAsync(
        CacheKey key, CacheRequest request, CacheDirectives asked, ForwardReason forward, OutageHold? hold, CancellationToken leaving)
    {
        // The prefetcher is a reader too, so its leaving ends the fetch unless a client has joined.
        var terms = request.Purpose == FetchPurpose.Prefetch ? FetchTerms.Ahead : FetchTerms.None;
        var joins = !asked.NoStore && !Storability.HasAuthorization(request.Fields);
        for (var round = 0; ;)
        {
            // 1.
            var entered = Enter(index.FindOrAdd(key), request, asked, ref forward, joins && round < SharedRounds, terms | (hold?.Terms ?? TermsOf(request, terms)));
            if (entered.Held is { } lease)
            {
                hold?.Replied();
                return held.Reply(lease, request, this);
            }

            if (entered.Fetch is not { } fetch || entered.Reader is not { } reader) continue;

            // 2.
            FetchHead head;
            try
            {
                head = await (entered.Started && request.ReadsToTheEnd ? fetch.StarterHead : fetch.Head).WaitAsync(leaving);
            }
            catch
            {
                reader.Dispose();
                throw;
            }

            // 3.
            if (hold is not null && OutageSigns.IsAway(head))
            {
                reader.Dispose();
                if (await hold.TryWaitAsync(head, leaving)) continue;
                return held.Counted(hold.Refused(head, forward, entered.Started));
            }

            hold?.Ended(head);
            if (Take(head, reader, request, forward, entered.Started) is { } reply)
            {
                hold?.Replied();
                return reply;
            }

            reader.Dispose();
            joins &= head.Ending is not (FetchEnding.StarterOnly or FetchEnding.ConfirmedForStarter) && MayFollow(head, request);
            round++;
        }
    }

    /// <summary>Opens a copy that lies on disk, for a request that upstream is not asked to fill; null when none answers it.</summary>
    public async ValueTask<CacheReply?> OpenOnDiskAsync(CacheKey key, CacheRequest request, CancellationToken leaving)
    {
        SharedFetch fetch;
        BodyReader reader;
        var cacheSlot = index.FindOrAdd(key);
        lock (cacheSlot.Gate)
        {
            if (cacheSlot.IsClosed) return null;
            fetch = new SharedFetch(this, cacheSlot, request, null, FetchTerms.HeldOnly);
            reader = fetch.Join();
            cacheSlot.BeginUnderGate(fetch, isJoinable: false);
        }

        _ = RunAsync(fetch);
        try
        {
            var head = await fetch.Head.WaitAsync(leaving);
            if (head.Ending == FetchEnding.OnDisk && Take(head, reader, request, ForwardReason.None, started: true) is { } reply) return reply;
        }
        catch
        {
            reader.Dispose();
            throw;
        }

        reader.Dispose();
        return null;
    }

    /// <summary>Starts a fetch without a waiting client; null when one is under way already, or the cache is closing.</summary>
    public SharedFetch? StartUnattended(CacheKey key, CacheRequest request, CacheEntry? stale, FetchTerms terms)
    {
        SharedFetch fetch;
        var cacheSlot = index.FindOrAdd(key);
        lock (cacheSlot.Gate)
        {
            if (cacheSlot.IsClosed || cacheSlot.IsPendingUnderGate || stopping.IsCancellationRequested) return null;
            // The entry was renewed, or removed, since it was found stale.
            if (stale is not null && Array.IndexOf(cacheSlot.Entries, stale) < 0) return null;
            var confirms = stale is not null && stale.Body.TryLease() ? stale : null;
            fetch = new SharedFetch(this, cacheSlot, request, confirms, terms | TermsOf(request, terms) | FetchTerms.Joinable);
            cacheSlot.BeginUnderGate(fetch, isJoinable: true);
        }

        _ = RunAsync(fetch);
        return fetch;
    }

    /// <summary>Of a request that does not wait while upstream is away: what is fetched ahead asks upstream nothing then.</summary>
    private FetchTerms TermsOf(CacheRequest request, FetchTerms terms) =>
        parts.Outages is not { } outages || !outages.IsAway(request) ? FetchTerms.None : terms.HasFlag(FetchTerms.Ahead) ? FetchTerms.HeldElsewhere : FetchTerms.Once;

    /// <param name="joins">May join another request's fetch, and be joined; a HEAD waits for a GET, but no request for a HEAD.</param>
    private Entered Enter(CacheSlot cacheSlot, CacheRequest request, CacheDirectives asked, ref ForwardReason forward, bool joins, FetchTerms terms)
    {
        var share = joins && !request.HeadOnly;
        SharedFetch? fetch;
        BodyReader? reader;
        lock (cacheSlot.Gate)
        {
            if (cacheSlot.IsClosed) return default;
            if (joins)
            {
                // An object that was absent a moment ago may have arrived in between.
                if (held.TryLease(cacheSlot, request, asked, ref forward, out var lease)) return new Entered(null, null, false, lease);
                if (cacheSlot.JoinUnderGate(request.Fields, out fetch) is { } place)
                {
                    if (request.Purpose != FetchPurpose.Prefetch) fetch!.Demand(request.Buffer);
                    return new Entered(fetch, place, false, null);
                }

                share &= !cacheSlot.PassesUnderGate(parts.Now);
            }

            fetch = new SharedFetch(this, cacheSlot, request, Confirmable(cacheSlot, request, asked), share ? terms | FetchTerms.Joinable : terms);
            reader = fetch.Join();
            cacheSlot.BeginUnderGate(fetch, share);
        }

        _ = RunAsync(fetch);
        return new Entered(fetch, reader, true, null);
    }

    /// <summary>Null when the response is not for this request; the reader is then still the caller's.</summary>
    private CacheReply? Take(FetchHead head, BodyReader reader, CacheRequest request, ForwardReason forward, bool started)
    {
        if (head.Entry is not { } entry)
        {
            reader.Dispose();
            return held.Counted(new EmptyReply { Result = CacheResult.Failed, Failure = head.Failure, Forward = forward, Collapsed = !started, Tries = head.Tries });
        }

        if (!started
            && (head.Ending is FetchEnding.StarterOnly or FetchEnding.TooEarly or FetchEnding.ConfirmedForStarter
                || !entry.Vary.Fits(request.Fields)
                || (head.Ending == FetchEnding.OnDisk && Reuse.Answers(request, CacheDirectives.OfRequest(request.Fields), entry, parts.Now) != ReuseVerdict.Fresh)
                || !MayFollow(head, request)))
        {
            return null;
        }

        var own = reader;
        if (head.Ending is FetchEnding.OnDisk or FetchEnding.Confirmed or FetchEnding.ConfirmedForStarter or FetchEnding.StaleIfError)
        {
            // The fetch's own body carried nothing, and keeps the one that answers until its readers have left: the lease moves over.
            if (entry.Body.TryJoin() is not { } place) return null;
            reader.Dispose();
            own = place;
        }

        if (!started) parts.Metrics.Collapsed();
        return held.Counted(new ArrivingReply(parts, entry, own, new BodyRetry(this, request))
        {
            Result = ResultOf(head.Ending, started),
            Pass = head.Reason,
            Forward = head.Ending == FetchEnding.OnDisk ? ForwardReason.None : forward,
            ForwardStatus = head.Status,
            Tries = head.Tries,
            Stored = head.Ending == FetchEnding.Kept,
            Collapsed = !started,
            FromDisk = head.Ending == FetchEnding.OnDisk,
            WasPrefetched = held.FirstUse(request, entry, parts.Now),
        });
    }

    /// <summary>A response that is not stored was judged when it came, unless only space was missing.</summary>
    private static bool MayFollow(FetchHead head, CacheRequest request) => head switch
    {
        { Ending: FetchEnding.StaleIfError } or { Ending: FetchEnding.Shared, Reason: not (PassReason.NoSpace or PassReason.HeldByPeer) } => true,
        { Entry: { } entry } => Reuse.MayFollow(request.Rules, entry.Freshness),
        _ => true,
    };

    private static CacheResult ResultOf(FetchEnding ending, bool started) => ending switch
    {
        FetchEnding.OnDisk => CacheResult.Hit,
        FetchEnding.Confirmed or FetchEnding.ConfirmedForStarter => CacheResult.Revalidated,
        FetchEnding.StaleIfError => CacheResult.StaleIfError,
        _ when !started => CacheResult.Joined,
        FetchEnding.Kept => CacheResult.Filled,
        _ => CacheResult.Passed,
    };

    /// <summary>The stored entry that may be confirmed, or served stale when upstream fails; with a lease for the fetch.</summary>
    private static CacheEntry? Confirmable(CacheSlot cacheSlot, CacheRequest request, CacheDirectives asked) =>
        !request.HeadOnly && !asked.NoStore && cacheSlot.Find(request.Fields) is { } entry && entry.Body.TryLease() ? entry : null;

    private async Task RunAsync(SharedFetch fetch)
    {
        Interlocked.Increment(ref _count);
        await fetch.Start();
        Interlocked.Decrement(ref _count);
    }

    /// <summary>How a request joined or started a fetch; all empty when the slot was closed meanwhile.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entered(SharedFetch? Fetch, BodyReader? Reader, bool Started, SlotLease? Held);
}
