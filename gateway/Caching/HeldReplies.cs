using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>Answers from what stands on a shelf, complete or still arriving, without asking upstream.</summary>
internal sealed class HeldReplies(CellarParts parts)
{
    /// <summary>Null when upstream has to be asked, for the reason in <paramref name="forward"/>.</summary>
    /// <param name="stale">What was given although stale, and is to be revalidated in the background.</param>
    public EntryReply? TryServe(Shelf shelf, MediaRequest request, CacheDirectives asked, ref ForwardReason forward, out CellarEntry? stale)
    {
        stale = null;
        if (shelf.Find(request.Fields) is not { } entry)
        {
            if (shelf.Entries.Length > 0) forward = ForwardReason.VaryMiss;
            return null;
        }

        var now = parts.Now;
        var verdict = Reuse.Judge(asked, entry.Freshness, entry.AgeAt(now), entry.FreshForAt(now));
        if (verdict is ReuseVerdict.Validate or ReuseVerdict.AskedToValidate)
        {
            forward = verdict == ReuseVerdict.Validate ? ForwardReason.Stale : ForwardReason.Request;
            return null;
        }

        if (!entry.Body.TryLease()) return TryJoin(entry, request, now);
        if (verdict == ReuseVerdict.Stale) stale = entry;
        return Counted(new EntryReply(parts, entry, null)
        {
            Result = verdict == ReuseVerdict.Fresh ? CacheResult.Hit : CacheResult.Stale,
            WasPrefetched = FirstUse(request, entry, now),
        });
    }

    /// <summary>Counts a use, and tells whether it is the first of something fetched ahead. Whoever fetches ahead does not use.</summary>
    public bool FirstUse(MediaRequest request, CellarEntry entry, TimeSpan now)
    {
        if (request.Purpose == FetchPurpose.Prefetch || !entry.Touch(now)) return false;
        parts.AheadEnded?.Invoke(entry.Key.Address, PrefetchEnding.Used);
        return true;
    }

    public T Counted<T>(T reply)
        where T : CellarReply
    {
        parts.Metrics.Answered(reply.Result);
        return reply;
    }

    private EntryReply? TryJoin(CellarEntry entry, MediaRequest request, TimeSpan now)
    {
        if (entry.Body.TryJoin() is not { } reader) return null;
        parts.Metrics.Collapsed();
        return Counted(new EntryReply(parts, entry, reader)
        {
            Result = CacheResult.Joined,
            Forward = ForwardReason.UriMiss,
            ForwardStatus = entry.Head.Status,
            Collapsed = true,
            WasPrefetched = FirstUse(request, entry, now),
        });
    }
}
