using System.Globalization;
using System.Runtime.InteropServices;
using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>
/// How long a response may be served, as far as is known at its arrival (RFC 9111 §4.2). A pure function of head, rules and two times.
/// </summary>
/// <param name="Lifetime">Freshness lifetime; null when there is none, explicit, by rule or heuristic.</param>
/// <param name="InitialAge">Age that the response had when it arrived (§4.2.3).</param>
/// <param name="StaleWhileRevalidate">For how long after expiry it may be served while it is revalidated.</param>
/// <param name="StaleIfError">For how long after expiry it may be served when upstream fails.</param>
/// <param name="AlwaysValidate">no-cache: each use needs a validation, however fresh.</param>
/// <param name="NeverStale">must-revalidate, proxy-revalidate, s-maxage: after expiry it is never served unvalidated, whatever the other directives.</param>
/// <param name="Immutable">A reload does not ask for it again while it is fresh (RFC 8246).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Freshness(
    TimeSpan? Lifetime, TimeSpan InitialAge, TimeSpan StaleWhileRevalidate, TimeSpan StaleIfError, bool AlwaysValidate, bool NeverStale, bool Immutable)
{
    /// <summary>Most of a heuristic lifetime. A longer one would have needed a warning to the client (RFC 7234 §4.2.2, Warning 113).</summary>
    private static readonly TimeSpan MostGuessed = TimeSpan.FromDays(1);

    /// <summary>The lifetime is a heuristic one: upstream did not state that the response may be shared.</summary>
    public bool IsGuessed { get; init; }

    /// <param name="head">The response's head; after a validation the stored one, updated.</param>
    /// <param name="answer">The head that has just arrived: the same, or that of the 304. Age and Date are its.</param>
    /// <param name="asked">When the request went out.</param>
    /// <param name="answered">When the head came in.</param>
    public static Freshness Of(
        ResponseHead head, ResponseHead answer, StorageRules rules, CacheOptions options, DateTimeOffset asked, DateTimeOffset answered)
    {
        var directives = CacheDirectives.OfResponse(head, out var targeted);
        var stated = Explicit(head, directives, targeted, answered) ?? Implied(head, rules, options);
        var lifetime = stated ?? Guessed(head, rules, options, answered);
        if (lifetime is { } known && rules.MaxLifetime is { } most && known > most) lifetime = most;
        // s-maxage carries proxy-revalidate with it (§5.2.2.10).
        var never = directives.MustRevalidate || directives.ProxyRevalidate || directives.SharedMaxAge is not null || directives.NoCache;
        return new Freshness(
            lifetime,
            AgeOf(answer, asked, answered),
            never ? TimeSpan.Zero : Window(directives.StaleWhileRevalidate, rules.StaleWhileRevalidate),
            never ? TimeSpan.Zero : Window(directives.StaleIfError, rules.StaleIfError),
            directives.NoCache,
            never,
            directives.Immutable)
        {
            IsGuessed = stated is null && lifetime is not null,
        };
    }

    /// <summary>Upstream's explicit lifetime: s-maxage, max-age, Expires, in this order (§4.2.1).</summary>
    private static TimeSpan? Explicit(ResponseHead head, CacheDirectives directives, bool targeted, DateTimeOffset answered)
    {
        if ((directives.SharedMaxAge ?? directives.MaxAge) is { } seconds) return TimeSpan.FromSeconds(seconds);
        if (targeted || !head.TryGet("Expires", out _)) return null;
        // Two Expires lines joined are no date, hence stale (§4.2.1: of conflicting values the stricter reading).
        if (!HttpDate.TryParse(head.Combined("Expires")!, answered, out var expires)) return TimeSpan.Zero;
        var date = head.TryGet("Date", out var text) && HttpDate.TryParse(text, answered, out var sent) ? sent : answered;
        return expires > date ? expires - date : TimeSpan.Zero;
    }

    /// <summary>
    /// The lifetime by our own rules when upstream states none. A cookie makes a response personal unless its sender states otherwise.
    /// </summary>
    private static TimeSpan? Implied(ResponseHead head, StorageRules rules, CacheOptions options)
    {
        var lifetime = head.Status switch
        {
            200 or 206 => rules.DefaultLifetime ?? (rules.KeptByDefault ? options.DefaultLifetime : null),
            404 or 410 => rules.NegativeLifetime ?? options.NegativeLifetime,
            _ => null,
        };
        return lifetime > TimeSpan.Zero && !head.TryGet("Set-Cookie", out _) ? lifetime : null;
    }

    /// <summary>Heuristic freshness (§4.2.2): a resource that has not changed for long will not change soon.</summary>
    private static TimeSpan? Guessed(ResponseHead head, StorageRules rules, CacheOptions options, DateTimeOffset answered)
    {
        if (!rules.MayGuess || options.HeuristicShare <= 0 || !(IsGuessable(head.Status) || CacheDirectives.OfResponse(head, out _).Public) || head.TryGet("Set-Cookie", out _)) return null;
        if (!head.TryGet("Last-Modified", out var text) || !HttpDate.TryParse(text, answered, out var modified)) return null;
        var date = head.TryGet("Date", out text) && HttpDate.TryParse(text, answered, out var sent) ? sent : answered;
        if (date <= modified) return null;
        var guess = (date - modified) * options.HeuristicShare;
        return guess < MostGuessed ? guess : MostGuessed;
    }

    /// <summary>Heuristically cacheable statuses (RFC 9110 §15.1); any other needs an explicit public (RFC 9111 §4.2.2).</summary>
    private static bool IsGuessable(int status) => status is 200 or 203 or 204 or 206 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    private static TimeSpan AgeOf(ResponseHead answer, DateTimeOffset asked, DateTimeOffset answered)
    {
        var apparent = answer.TryGet("Date", out var text) && HttpDate.TryParse(text, answered, out var date) && answered > date
            ? answered - date
            : TimeSpan.Zero;
        var corrected = AgeField(answer) + (answered - asked);
        return apparent > corrected ? apparent : corrected;
    }

    /// <summary>First number of the Age field; an invalid one counts as absent (§5.1).</summary>
    private static TimeSpan AgeField(ResponseHead head)
    {
        if (!head.TryGet("Age", out var value)) return TimeSpan.Zero;
        var digits = value.AsSpan();
        var end = digits.IndexOfAny(',', ';');
        if (end >= 0) digits = digits[..end];
        return TimeSpan.FromSeconds(CacheDirectives.Seconds(digits.Trim(" \t")) ?? 0);
    }

    private static TimeSpan Window(long? stated, TimeSpan ours) => stated is { } seconds ? TimeSpan.FromSeconds(seconds) : ours;

    /// <summary>An age as it stands in the Age field: whole seconds, never negative.</summary>
    public static string Format(TimeSpan age) =>
        ((long)Math.Clamp(age.TotalSeconds, 0, CacheDirectives.MostSeconds)).ToString(CultureInfo.InvariantCulture);
}
