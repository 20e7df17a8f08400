using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>Answers from entries in a slot, complete or still arriving, without a request upstream. Taking the lease is field work; counting and reporting come with the reply.</summary>
internal sealed class StoredReplies(CacheParts parts)
{
    /// <summary>Takes a lease on the entry that answers the request; false when the request has to go upstream, for the reason in <paramref name="forward"/>. May be called under the slot's gate.</summary>
    public bool TryLease(CacheSlot cacheSlot, CacheRequest request, CacheDirectives asked, ref ForwardReason forward, out SlotLease lease)
    {
        lease = default;
        if (cacheSlot.Find(request.Fields) is not { } entry)
        {
            if (cacheSlot.Entries.Length > 0) forward = ForwardReason.VaryMiss;
            return false;
        }

        var now = parts.Now;
        var verdict = Reuse.Answers(request, asked, entry, now);
        if (verdict is ReuseVerdict.Validate or ReuseVerdict.AskedToValidate)
        {
            forward = verdict == ReuseVerdict.Validate ? ForwardReason.Stale : ForwardReason.Request;
            return false;
        }

        if (entry.Body.TryLease())
        {
            lease = new SlotLease(entry, null, now, verdict == ReuseVerdict.Stale);
            return true;
        }

        if (entry.Body.TryJoin() is not { } reader) return false;
        lease = new SlotLease(entry, reader, now, IsStale: false);
        return true;
    }

    /// <param name="coalescer">For a retry, should a body that is still arriving break.</param>
    public EntryReply Reply(SlotLease lease, CacheRequest request, FetchCoalescer coalescer)
    {
        var (entry, reader, at, isStale) = lease;
        var wasPrefetched = FirstUse(request, entry, at);
        if (reader is null)
        {
            return Counted(new EntryReply(parts, entry)
            {
                Result = isStale ? CacheResult.Stale : CacheResult.Hit,
                WasPrefetched = wasPrefetched,
            });
        }

        parts.Metrics.Collapsed();
        return Counted(new ArrivingReply(parts, entry, reader, new BodyRetry(coalescer, request))
        {
            Result = CacheResult.Joined,
            Forward = ForwardReason.UriMiss,
            ForwardStatus = entry.Head.Status,
            Collapsed = true,
            WasPrefetched = wasPrefetched,
        });
    }

    /// <summary>Counts a use, and tells whether it is the first demand of a prefetched entry. A prefetch is no use.</summary>
    public bool FirstUse(CacheRequest request, CacheEntry entry, TimeSpan now)
    {
        if (request.Purpose == FetchPurpose.Prefetch) return false;
        entry.Touch(now);
        // A viewer that reads an object in parts is one viewer: only the part with its first byte counts.
        if (entry.Disk is { } use && request.FirstByte == 0) parts.Disk?.Used(entry, use, now);
        return parts.EndWait(entry, PrefetchEnding.Used);
    }

    public T Counted<T>(T reply)
        where T : CacheReply
    {
        parts.Metrics.Answered(reply.Result);
        return reply;
    }
}
