using Gateway.Caching.Slices;
using Gateway.Caching.Store;

namespace Gateway.Caching.Policy;

/// <summary>Whether a held response may answer a request (RFC 9111 §4.2, §5.2.1; RFC 5861 §3). Pure.</summary>
internal static class Reuse
{
    /// <summary>A live file grows by a segment at a time, and segments are longer.</summary>
    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether what is held ends before the part that is wanted, or within it. Then upstream has to be asked, however fresh it is: a file that is still being written is longer by
    /// now, and "there is no such part" (416) would be said of what it was, or half a segment be given for the whole. Within it only of what upstream did not say just now: whoever
    /// reads in windows goes beyond the end with the last one, and a crowd of such readers must not ask upstream each.
    /// </summary>
    public static bool EndsBefore(CacheRequest request, CacheEntry entry, TimeSpan now)
    {
        if (request.Range is null || request.HeadOnly || entry.Head.Status is not (200 or 206) || entry.Body.Length is not { } length) return false;
        if (request.FirstByte >= length) return true;
        if (now - entry.Arrived < JustNow || request.Piece is not { } piece) return false;
        return piece.End > (entry.Head.Status == 206 && ContentRange.TryParse(entry.Head["Content-Range"], out var range) ? range.Complete : length);
    }

    /// <summary>
    /// Whether those who asked while an answer was on its way may have it too (RFC 9111 §4): what they would be given from the cache, with no word of upstream. An answer that is
    /// kept only to be confirmed at each use may be another one for everybody who asks; where the gateway itself asks, for whoever watches, it is the same for all.
    /// </summary>
    public static bool MayFollow(StorageRules rules, Freshness freshness) =>
        !rules.UpstreamSeesAsker
        || (!freshness.AlwaysValidate
            && (rules.MayGuess || !freshness.IsGuessed)
            && freshness.Lifetime + freshness.StaleWhileRevalidate > freshness.InitialAge);

    public static ReuseVerdict Judge(CacheDirectives asked, Freshness freshness, TimeSpan age, TimeSpan freshFor)
    {
        if (freshness.AlwaysValidate) return ReuseVerdict.Validate;
        // A browser's reload says max-age=0; what upstream calls immutable is not asked for again while it is fresh (RFC 8246).
        var reload = asked.NoCache || asked.MaxAge == 0;
        if (freshFor > TimeSpan.Zero && reload && freshness.Immutable) return ReuseVerdict.Fresh;
        if (asked.NoCache) return ReuseVerdict.AskedToValidate;
        if (asked.MaxAge is { } most && age > TimeSpan.FromSeconds(most) && asked.MaxStale is null) return ReuseVerdict.AskedToValidate;
        if (asked.MaxAge == 0 && asked.MaxStale is null) return ReuseVerdict.AskedToValidate;
        if (asked.MinFresh is { } least && freshFor < TimeSpan.FromSeconds(least)) return ReuseVerdict.AskedToValidate;
        if (freshFor > TimeSpan.Zero) return ReuseVerdict.Fresh;
        if (freshness.NeverStale) return ReuseVerdict.Validate;
        if (asked.MaxStale is { } stale && -freshFor <= TimeSpan.FromSeconds(stale)) return ReuseVerdict.Stale;
        return freshFor + freshness.StaleWhileRevalidate > TimeSpan.Zero ? ReuseVerdict.Stale : ReuseVerdict.Validate;
    }
}
