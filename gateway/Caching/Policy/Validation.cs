using System.Runtime.InteropServices;
using Gateway.Caching.Fetching;
using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>
/// What a response without a body of its own (a 304, or a 200 to a HEAD) means for the stored one (RFC 9111 §3.2, §4.3.4, §4.3.5). Every change of a
/// stored head is decided here, and the head as it would then be is judged like one that is stored for the first time. Pure functions.
/// </summary>
/// <param name="Verdict">What may be done with the new response.</param>
/// <param name="Head">The stored head with the new response's fields: for everybody, or for the requester alone. The stored one where the new response is about something else.</param>
/// <param name="Freshness">Freshness of that head, counted from the new response.</param>
/// <param name="Reason">Why the new response is not for everybody.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Validation(ValidationVerdict Verdict, ResponseHead Head, Freshness Freshness, PassReason Reason)
{
    /// <param name="request">The request upstream: its fields may make the response personal.</param>
    /// <param name="held">Head of the stored response.</param>
    /// <param name="answer">Head of the 304, or of the 200 to a HEAD.</param>
    /// <param name="asked">When the request went out.</param>
    /// <param name="answered">When the head came in.</param>
    public static Validation Of(
        CacheRequest request, ResponseHead held, ResponseHead answer, CacheOptions options, DateTimeOffset asked, DateTimeOffset answered)
    {
        var isAbout = answer.Status == 304 ? HeadUpdate.Confirms(held, answer) : HeadUpdate.IsAbout(held, answer);
        if (!isAbout) return new Validation(ValidationVerdict.OfAnother, held, default, PassReason.None);
        var head = HeadUpdate.Apply(held, answer);
        var freshness = Freshness.Of(head, answer, request.Rules, options, asked, answered);
        var reason = Storability.JudgeHead(request, CacheDirectives.OfRequest(request.Fields), head, freshness);
        // This response sets a cookie for its requester, whatever the stored response was permitted to carry.
        if (request.Rules.CookiesArePersonal && answer.TryGet("Set-Cookie", out _) && Storability.IsForAnybody(reason)) reason = PassReason.SetCookie;
        var verdict = reason switch
        {
            PassReason.Private or PassReason.NoStore or PassReason.VaryAny => ValidationVerdict.Withdraws,
            _ when Storability.IsForAnybody(reason) => ValidationVerdict.Renews,
            _ => ValidationVerdict.AskerOnly,
        };
        if (verdict == ValidationVerdict.Renews) head = HeadUpdate.WithoutCookiesOf(held, head);
        return new Validation(verdict, head, freshness, reason);
    }
}
