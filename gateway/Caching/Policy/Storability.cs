using Gateway.Caching.Fetching;
using Gateway.Caching.Slices;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>Whether a response may be kept by a shared cache (RFC 9111 §3), and by whom it may be shared if not. Pure functions.</summary>
internal static class Storability
{
    /// <summary><see cref="PassReason.None"/>: may be kept.</summary>
    public static PassReason Judge(CacheRequest request, CacheDirectives asked, ResponseHead head, Freshness freshness)
    {
        if (request.HeadOnly) return PassReason.Method;
        if (asked.NoStore) return PassReason.RequestNoStore;
        if (head.Status is 304 or < 200 || IsWrongPart(request, head)) return PassReason.Partial;
        return JudgeHead(request, asked, head, freshness);
    }

    /// <summary>The same of the head alone, whatever brought it: also of one that was updated by an answer without a body.</summary>
    public static PassReason JudgeHead(CacheRequest request, CacheDirectives asked, ResponseHead head, Freshness freshness)
    {
        if (asked.NoStore) return PassReason.RequestNoStore;
        // What is not there yet may be there next time; and limits are said to one client (RFC 6585 §3-§6, RFC 9110 §15.5.17).
        if (head.Status is 416 or 428 or 429 or 431 or 511) return PassReason.Status;
        var directives = CacheDirectives.OfResponse(head, out _);
        // must-understand takes the meaning of no-store away for those who know the status (§5.2.2.3).
        if (directives.MustUnderstand && !IsUnderstood(head.Status)) return PassReason.Status;
        if (directives.NoStore && !directives.MustUnderstand) return PassReason.NoStore;
        if (directives.Private) return PassReason.Private;
        if (HasAuthorization(request.Fields) && !(directives.Public || directives.MustRevalidate || directives.SharedMaxAge is not null))
            return PassReason.Authorization;
        if (request.Rules.CookiesArePersonal && head.TryGet("Set-Cookie", out _)) return PassReason.SetCookie;
        if (VaryKey.IsAny(head)) return PassReason.VaryAny;
        if (freshness.AlwaysValidate || freshness.Lifetime is not { } lifetime)
        {
            // Kept only to be revalidated at each use, which needs a validator.
            if (head.Status is 200 or 206 && HasValidator(head)) return IsDatedAlone(request.Rules, head, freshness) ? PassReason.NoLifetime : PassReason.None;
            return freshness.Lifetime is null && head.Status is not (200 or 206) ? PassReason.Status : PassReason.NoLifetime;
        }

        if (lifetime > freshness.InitialAge || HasValidator(head)) return PassReason.None;
        return freshness.StaleWhileRevalidate + freshness.StaleIfError > TimeSpan.Zero ? PassReason.None : PassReason.NoLifetime;
    }

    /// <summary>
    /// Whether those who ask while this response is on its way may all have it, though it is not kept for later ones: what could be stored, but found no room; a broken
    /// upstream's 503, for which it is not asked a thousand times over; whatever a room says it of (live playlists marked no-store). What belongs to one user is never shared.
    /// </summary>
    public static bool MayShareUnkept(PassReason reason, StorageRules rules, ResponseHead head) =>
        reason switch
        {
            PassReason.Private or PassReason.Authorization or PassReason.SetCookie or PassReason.VaryAny or PassReason.Method or PassReason.RequestNoStore or
                PassReason.Partial or PassReason.TooLarge => false,
            PassReason.NoSpace => true,
            // Nobody said that the answer is for others, too: then a cookie is its asker's.
            _ when (rules.CookiesArePersonal || head.Status < 400) && head.TryGet("Set-Cookie", out _) => false,
            PassReason.NoStore => rules.ShareUnkept,
            _ => rules.ShareUnkept || head.Status is >= 500 and not 511 || (head.Status is 408 or 429 && !rules.UpstreamSeesAsker),
        };

    /// <summary>
    /// Whether the answer itself says that it is for its asker: to wait for another's is in vain then, and the next ones do not. Nothing that lies in the request, or in our
    /// own want of room, says anything about what others will get.
    /// </summary>
    public static bool IsPersonal(PassReason reason, StorageRules rules, ResponseHead head) => reason switch
    {
        PassReason.Private or PassReason.SetCookie or PassReason.VaryAny => true,
        // A page that may not be stored, or that nobody gave a lifetime, may be anybody's; an error is not.
        PassReason.NoStore or PassReason.NoLifetime or PassReason.Status => head.Status < 400 && !MayShareUnkept(reason, rules, head),
        _ => false,
    };

    /// <summary>Nobody forbade to share it: kept, or not kept for reasons that have nothing to do with who asked.</summary>
    public static bool IsForAnybody(PassReason reason) =>
        reason is PassReason.None or PassReason.Status or PassReason.NoLifetime or PassReason.TooLarge or PassReason.NoSpace;

    /// <summary>
    /// An answer to a visitor who is known, of which upstream says no more than a date: to the next visitor the same date may be true of another answer, and a 304 would not tell.
    /// </summary>
    private static bool IsDatedAlone(StorageRules rules, ResponseHead head, Freshness freshness) =>
        rules is { UpstreamSeesAsker: true, CookiesArePersonal: true, MayGuess: false } && !freshness.AlwaysValidate && freshness.Lifetime is null && !head.TryGet("ETag", out _);

    public static bool HasValidator(ResponseHead head) => head.TryGet("ETag", out _) || head.TryGet("Last-Modified", out _);

    public static bool HasAuthorization(ReadOnlySpan<HeaderLine> fields)
    {
        foreach (ref readonly var field in fields)
        {
            if (field.Is("Authorization")) return true;
        }

        return false;
    }

    /// <summary>A part where a whole was asked for, or another slice than the one asked for.</summary>
    private static bool IsWrongPart(CacheRequest request, ResponseHead head)
    {
        if (request.Slice == CacheKey.Whole) return head.Status == 206;
        return head.Status == 206
            && (!ContentRange.TryParse(head["Content-Range"], out var range)
                || request.Range is not { } wanted
                || range.First != wanted.Offset
                || range.Last != Math.Min(wanted.End, range.Complete) - 1);
    }

    /// <summary>Statuses whose caching rules this cache knows: those that RFC 9110 defines.</summary>
    private static bool IsUnderstood(int status) =>
        status is 200 or 201 or 202 or 203 or 204 or 205 or 300 or 301 or 302 or 303 or 305 or 307 or 308
            or (>= 400 and <= 417) or 421 or 422 or 426 or (>= 500 and <= 505);
}
