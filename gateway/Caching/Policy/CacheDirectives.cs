using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>
/// The directives of Cache-Control, of a request or a response (RFC 9111 §5.2, RFC 5861, RFC 8246), that a shared cache understands. Of a directive that is given
/// twice the stricter value counts (§4.2.1); an invalid number makes its directive count as 0, because its sender wanted a limit.
/// </summary>
internal sealed class CacheDirectives
{
    /// <summary>Cap of delta-seconds (RFC 9111 §1.2.2): 68 years are as good as for ever.</summary>
    public const long MostSeconds = int.MaxValue;

    /// <summary>Length of the longest known name, <c>stale-while-revalidate</c>. A field may have thousands of members, so none of them may cost an allocation.</summary>
    private const int LongestName = 22;

    public static CacheDirectives None { get; } = new();

    public bool NoStore { get; private set; }

    /// <summary>no-cache with or without field names: RFC 9111 §5.2.2.4 permits validating the whole for the sake of one field, and that is the safe side.</summary>
    public bool NoCache { get; private set; }

    /// <summary>private with or without field names: storing a part of a response gains nothing here.</summary>
    public bool Private { get; private set; }

    public bool Public { get; private set; }

    public bool MustRevalidate { get; private set; }

    public bool ProxyRevalidate { get; private set; }

    public bool MustUnderstand { get; private set; }

    public bool Immutable { get; private set; }

    public bool NoTransform { get; private set; }

    public bool OnlyIfCached { get; private set; }

    public long? MaxAge { get; private set; }

    public long? SharedMaxAge { get; private set; }

    public long? MinFresh { get; private set; }

    /// <summary>max-stale; without a value any staleness is accepted.</summary>
    public long? MaxStale { get; private set; }

    public long? StaleWhileRevalidate { get; private set; }

    public long? StaleIfError { get; private set; }

    /// <summary>Reads all Cache-Control lines of a message; <see cref="None"/> when there are none.</summary>
    public static CacheDirectives Of(ReadOnlySpan<HeaderLine> fields)
    {
        CacheDirectives? found = null;
        foreach (ref readonly var field in fields)
        {
            if (!field.Is("Cache-Control")) continue;
            found ??= new CacheDirectives();
            foreach (var member in new FieldList(field.Value)) found.Take(member);
        }

        return found ?? None;
    }

    /// <summary>
    /// The directives that this cache obeys for a response: those of the first targeted field that is a valid, non-empty dictionary (RFC 9213 §2.2), which
    /// then replace Cache-Control's; else Cache-Control's.
    /// </summary>
    /// <param name="targeted">A targeted field applies: Expires is to be ignored too.</param>
    public static CacheDirectives OfResponse(ResponseHead head, out bool targeted)
    {
        targeted = true;
        foreach (var name in TargetedDirectives.Names)
        {
            if (head.Combined(name) is { } value && TargetedDirectives.TryParse(value, out var directives)) return directives;
        }

        targeted = false;
        return Of(head.Fields);
    }

    /// <summary>
    /// The directives of a request; <c>Pragma: no-cache</c> counts when there is no Cache-Control (RFC 9111 §5.4).
    /// </summary>
    public static CacheDirectives OfRequest(ReadOnlySpan<HeaderLine> fields)
    {
        if (fields.IsEmpty) return None;
        var directives = Of(fields);
        if (!ReferenceEquals(directives, None)) return directives;
        foreach (ref readonly var field in fields)
        {
            if (!field.Is("Pragma")) continue;
            foreach (var member in new FieldList(field.Value))
            {
                if (member.Equals("no-cache", StringComparison.OrdinalIgnoreCase)) return new CacheDirectives { NoCache = true };
            }
        }

        return None;
    }

    /// <summary>Takes one member of a dictionary field whose value has been typed already.</summary>
    internal void Take(ReadOnlySpan<char> name, long? number)
    {
        switch (name)
        {
            case "max-age":
                MaxAge = Stricter(MaxAge, number ?? 0);
                break;
            case "s-maxage":
                SharedMaxAge = Stricter(SharedMaxAge, number ?? 0);
                break;
            case "stale-while-revalidate":
                StaleWhileRevalidate = Stricter(StaleWhileRevalidate, number ?? 0);
                break;
            case "stale-if-error":
                StaleIfError = Stricter(StaleIfError, number ?? 0);
                break;
            case "min-fresh":
                MinFresh = number ?? 0;
                break;
            case "max-stale":
                MaxStale = Stricter(MaxStale, number ?? MostSeconds);
                break;
            case "no-store":
                NoStore = true;
                break;
            case "no-cache":
                NoCache = true;
                break;
            case "private":
                Private = true;
                break;
            case "public":
                Public = true;
                break;
            case "must-revalidate":
                MustRevalidate = true;
                break;
            case "proxy-revalidate":
                ProxyRevalidate = true;
                break;
            case "must-understand":
                MustUnderstand = true;
                break;
            case "immutable":
                Immutable = true;
                break;
            case "no-transform":
                NoTransform = true;
                break;
            case "only-if-cached":
                OnlyIfCached = true;
                break;
        }
    }

    private void Take(ReadOnlySpan<char> member)
    {
        var equals = member.IndexOf('=');
        var name = equals < 0 ? member : member[..equals];
        if (name.IsEmpty || name.Length > LongestName) return;
        Span<char> lower = stackalloc char[LongestName];
        lower = lower[..name.ToLowerInvariant(lower)];
        if (equals < 0)
        {
            TakeBare(lower);
            return;
        }

        // White space around "=" is not in the grammar: such a member is an unknown directive, which is to be ignored.
        var value = member[(equals + 1)..];
        if (name[^1] is ' ' or '\t' || value.IsEmpty || value[0] is ' ' or '\t') return;
        var quoted = value.Length >= 2 && value[0] == '"' && value[^1] == '"';
        if (quoted) value = value[1..^1];
        Take(lower, Seconds(value));
    }

    private void TakeBare(ReadOnlySpan<char> name)
    {
        // A limit without its number is not a limit of zero; only max-stale has a meaning without one.
        if (name is "max-age" or "s-maxage" or "stale-while-revalidate" or "stale-if-error" or "min-fresh") return;
        Take(name, null);
    }

    private static long Stricter(long? known, long next) => known is { } value ? Math.Min(value, next) : next;

    /// <summary>Parses delta-seconds; too large a number counts as the largest, anything else as none.</summary>
    internal static long? Seconds(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty) return null;
        long value = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c)) return null;
            if (value <= MostSeconds) value = value * 10 + (c - '0');
        }

        return Math.Min(value, MostSeconds);
    }
}
