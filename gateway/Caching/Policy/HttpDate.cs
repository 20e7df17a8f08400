using System.Globalization;

namespace Gateway.Caching.Policy;

/// <summary>
/// HTTP dates (RFC 9110 §5.6.7): the preferred form and the two obsolete ones, in any case, nothing else: a date in another form is an invalid one, and an
/// invalid Expires means "stale".
/// </summary>
internal static class HttpDate
{
    /// <param name="now">A two-digit year more than fifty years after this is one of the past.</param>
    public static bool TryParse(string value, DateTimeOffset now, out DateTimeOffset date)
    {
        // Weekdays are often wrong and never matter; exact parsing would refuse the date for them.
        date = default;
        var text = value.AsSpan().Trim(" \t");
        var comma = text.IndexOf(',');
        var twoDigits = comma > 3;
        var rest = comma >= 0 ? text[(comma + 1)..] : text.Length > 4 ? text[3..] : default;
        if (rest.IsEmpty || rest[0] != ' ' || !char.IsAsciiLetter(text[0])) return false;
        rest = rest[1..];
        var form = comma < 0 ? (rest.Length > 4 && rest[4] == ' ' ? "MMM  d HH:mm:ss yyyy" : "MMM dd HH:mm:ss yyyy")
            : twoDigits ? "dd-MMM-yy HH:mm:ss 'GMT'" : "dd MMM yyyy HH:mm:ss 'GMT'";
        Span<char> upper = stackalloc char[32];
        if (rest.Length > upper.Length) return false;
        rest.CopyTo(upper);
        upper = upper[..rest.Length];
        if (comma >= 0 && upper.Length > 3 && MemoryExtensions.Equals(upper[^3..], "GMT", StringComparison.OrdinalIgnoreCase)) "GMT".CopyTo(upper[^3..]);
        if (!DateTimeOffset.TryParseExact(
                upper, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out date)) return false;
        if (!twoDigits) return true;
        date = date.AddYears((now.Year / 100 - date.Year / 100) * 100);
        if (date > now.AddYears(50)) date = date.AddYears(-100);
        return true;
    }

    public static string Format(DateTimeOffset date) => date.ToString("r", CultureInfo.InvariantCulture);
}
