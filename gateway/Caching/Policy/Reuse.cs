using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>Whether a stored response may answer a request (RFC 9111 §4.2, §5.2.1; RFC 5861 §3). Pure functions.</summary>
internal static class Reuse
{
    /// <summary>How long a stored length counts as current. A live file grows by a segment at a time, and segments are longer.</summary>
    public static readonly TimeSpan JustNow = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the stored object ends before the wanted part, or within it. Then the request goes upstream, however fresh the object is: a file that is still being written is longer by
    /// now, and a 416 would be about its old length, or half a segment would be served for the whole. An end within the part counts only if the object is not from just now: a client that
    /// reads in windows goes beyond the end with the last one, and a crowd of such clients must not go upstream each. Nor must those that ask for what lies behind the end: whoever does so right after another
    /// one, to whom upstream has said that there is nothing, is answered from what is held.
    /// </summary>
    public static bool EndsBefore(CacheRequest request, CacheEntry entry, TimeSpan now)
    {
        if (request.Range is null || request.HeadOnly || entry.Head.Status is not (200 or 206) || entry.Body.Length is not { } length) return false;
        if (request.FirstByte >= length) return !entry.IsEndConfirmed(now, JustNow, request.FirstByte);
        if (now - entry.Arrived < JustNow || request.Piece is not { } piece) return false;
        return piece.End > (entry.Head.Status == 206 && ContentRange.TryParse(entry.Head["Content-Range"], out var range) ? range.Complete : length);
    }

    /// <summary>
    /// Whether requests that came while a response was on its way may have it too (RFC 9111 §4): it must be one that the cache would serve without revalidation. A response that is
    /// stored only to be revalidated at each use may differ by requester; where the gateway itself asks, on behalf of all viewers, it is the same for all.
    /// </summary>
    public static bool MayFollow(StorageRules rules, Freshness freshness) =>
        !rules.UpstreamSeesAsker
        || (!freshness.AlwaysValidate
            && (rules.MayGuess || !freshness.IsGuessed)
            && freshness.Lifetime + freshness.StaleWhileRevalidate > freshness.InitialAge);

    /// <summary>How a stored response that was selected for a request answers it.</summary>
    public static ReuseVerdict Answers(CacheRequest request, CacheDirectives asked, CacheEntry entry, TimeSpan now)
    {
        var verdict = Judge(asked, entry.Freshness, entry.AgeAt(now), entry.FreshForAt(now));
        var isOther = EndsBefore(request, entry, now) || (entry.Freshness.IsGuessed && !request.Rules.MayGuess);
        return isOther && verdict is not ReuseVerdict.Validate ? ReuseVerdict.AskedToValidate : verdict;
    }

    public static ReuseVerdict Judge(CacheDirectives asked, Freshness freshness, TimeSpan age, TimeSpan freshFor)
    {
        if (freshness.AlwaysValidate) return ReuseVerdict.Validate;
        // A browser's reload sends max-age=0; an immutable response is not requested again while it is fresh (RFC 8246).
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
