using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>Whether a shared cache may store a response (RFC 9111 §3), and who may share it if not. Pure functions.</summary>
internal static class Storability
{
    /// <summary><see cref="PassReason.None"/> means that the response may be stored.</summary>
    public static PassReason Judge(CacheRequest request, CacheDirectives asked, ResponseHead head, Freshness freshness)
    {
        if (request.HeadOnly) return PassReason.Method;
        if (asked.NoStore) return PassReason.RequestNoStore;
        if (head.Status is 304 or < 200 || IsWrongPart(request, head)) return PassReason.Partial;
        return JudgeHead(request, asked, head, freshness);
    }

    /// <summary>Judges the head alone, also one that was updated by a 304 or by the response to a HEAD.</summary>
    public static PassReason JudgeHead(CacheRequest request, CacheDirectives asked, ResponseHead head, Freshness freshness)
    {
        if (asked.NoStore) return PassReason.RequestNoStore;
        // A missing object may exist next time; and limits are meant for one client (RFC 6585 §3-§6, RFC 9110 §15.5.17).
        if (head.Status is 416 or 428 or 429 or 431 or 511) return PassReason.Status;
        var directives = CacheDirectives.OfResponse(head, out _);
        // must-understand overrides no-store for a cache that knows the status (§5.2.2.3).
        if (directives.MustUnderstand && !IsUnderstood(head.Status)) return PassReason.Status;
        if (directives.NoStore && !directives.MustUnderstand) return PassReason.NoStore;
        if (directives.Private) return PassReason.Private;
        if (HasAuthorization(request.Fields) && !(directives.Public || directives.MustRevalidate || directives.SharedMaxAge is not null))
            return PassReason.Authorization;
        if (request.Rules.CookiesArePersonal && head.TryGet("Set-Cookie", out _)) return PassReason.SetCookie;
        if (VaryKey.IsAny(head)) return PassReason.VaryAny;
        if (freshness.AlwaysValidate || freshness.Lifetime is not { } lifetime)
        {
            // The response is stored only to be revalidated at each use, which needs a validator.
            if (head.Status is 200 or 206 && HasValidator(head)) return IsDatedAlone(request.Rules, head, freshness) ? PassReason.NoLifetime : PassReason.None;
            return freshness.Lifetime is null && head.Status is not (200 or 206) ? PassReason.Status : PassReason.NoLifetime;
        }

        if (lifetime > freshness.InitialAge || HasValidator(head)) return PassReason.None;
        return freshness.StaleWhileRevalidate + freshness.StaleIfError > TimeSpan.Zero ? PassReason.None : PassReason.NoLifetime;
    }

    /// <summary>
    /// Whether all requests that wait for this response may have it, though it is not stored for later ones: a storable response without space; a failing
    /// upstream's 503, so that it does not get a thousand requests more; whatever the handler's rules share (live playlists marked no-store). A response for one user is never shared.
    /// </summary>
    public static bool MayShareUnkept(PassReason reason, StorageRules rules, ResponseHead head) =>
        reason switch
        {
            PassReason.Private or PassReason.Authorization or PassReason.SetCookie or PassReason.VaryAny or PassReason.Method or PassReason.RequestNoStore or
                PassReason.Partial or PassReason.TooLarge => false,
            PassReason.NoSpace or PassReason.HeldByPeer => true,
            // Upstream does not state that the response is for others, too: then a cookie belongs to its requester.
            _ when (rules.CookiesArePersonal || head.Status < 400) && head.TryGet("Set-Cookie", out _) => false,
            PassReason.NoStore => rules.ShareUnkept,
            _ => rules.ShareUnkept || head.Status is >= 500 and not 511 || (head.Status is 408 or 429 && !rules.UpstreamSeesAsker),
        };

    /// <summary>
    /// Whether the response itself is meant for its requester: waiting for another request's fetch is in vain then, so the next requests do not. Reasons that lie in the request, or in our
    /// own lack of space, tell nothing about what others will get.
    /// </summary>
    public static bool IsPersonal(PassReason reason, StorageRules rules, ResponseHead head) => reason switch
    {
        PassReason.Private or PassReason.SetCookie or PassReason.VaryAny => true,
        // A page that may not be stored, or has no lifetime, may differ by requester; an error does not.
        PassReason.NoStore or PassReason.NoLifetime or PassReason.Status => head.Status < 400 && !MayShareUnkept(reason, rules, head),
        _ => false,
    };

    /// <summary>Whether sharing is allowed: the response is stored, or not stored for reasons that do not depend on the requester.</summary>
    public static bool IsForAnybody(PassReason reason) =>
        reason is PassReason.None or PassReason.Status or PassReason.NoLifetime or PassReason.TooLarge or PassReason.NoSpace or PassReason.HeldByPeer;

    /// <summary>
    /// A response to an identified client whose only validator is a date: the next client's response may have the same date and another body, and a 304 would not tell.
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

    /// <summary>A part where a whole was requested, or another slice than the requested one.</summary>
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
