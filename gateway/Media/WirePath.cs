using System.Buffers;
using System.Text;

namespace Gateway.Media;

/// <summary>
/// Paths and queries as they may stand in a request line. Legal characters stay as they are (<c>%2F</c>, <c>%7E</c>, <c>;</c>), illegal ones
/// are percent-encoded, and dot segments are removed, their percent-encoded forms included: after that no server can be
/// made to leave a prefix that we checked.
/// </summary>
internal static class WirePath
{
    /// <summary>pchar and "/" of RFC 3986 §3.3, and the brackets and pipes that players and origins use unescaped in practice.</summary>
    private static readonly SearchValues<char> PathLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%[]|");

    private static readonly SearchValues<char> QueryLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%[]|?{}^`");

    /// <summary>
    /// Whether the path can go out as it is: it starts with a slash and has only legal characters and no dot segments, not even for an origin that takes
    /// <c>%2F</c> or <c>%5C</c> for a slash.
    /// </summary>
    public static bool IsClean(ReadOnlySpan<char> path) =>
        path.Length > 0 && path[0] == '/' && !path.ContainsAnyExcept(PathLetters) && !HoldsDotSegment(path) && !HoldsHiddenDotSegment(path);

    /// <summary>Whether the query can go out as it is: empty, or a question mark and legal characters.</summary>
    public static bool IsCleanQuery(ReadOnlySpan<char> query) => query.IsEmpty || (query[0] == '?' && !query.ContainsAnyExcept(QueryLetters));

    /// <summary>
    /// Makes an address fit for a request line: a character that may not stand there is encoded, as browsers do. False for an address that could be
    /// read in two ways, or could end the line.
    /// </summary>
    public static bool TryClean(MediaAddress address, out MediaAddress clean)
    {
        clean = address;
        if (IsClean(address.Path) && IsCleanQuery(address.Query)) return true;
        if (HoldsControls(address.Path) || HoldsControls(address.Query) || address.Path.Contains('\\', StringComparison.Ordinal)) return false;
        if (address.Path is not ['/', ..] || HoldsDotSegment(address.Path) || address.Query is not ("" or ['?', ..])) return false;
        clean = address with { Path = Clean(address.Path), Query = CleanQuery(address.Query) };
        return IsClean(clean.Path) && IsCleanQuery(clean.Query);
    }

    private static bool HoldsControls(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\0', '\u001f') || text.Contains('\u007f');

    /// <summary>The path in its wire form; a clean one costs only its string.</summary>
    public static string Clean(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty) return "/";
        var spelled = path.ContainsAnyExcept(PathLetters) ? Encode(path, PathLetters) : path.ToString();
        return HoldsDotSegment(spelled) ? RemoveDotSegments(spelled) : spelled;
    }

    /// <inheritdoc cref="Clean(ReadOnlySpan{char})"/>
    public static string Clean(string path) => path.Length > 0 && !path.AsSpan().ContainsAnyExcept(PathLetters) && !HoldsDotSegment(path) ? path : Clean(path.AsSpan());

    /// <summary>The query in its wire form, with its question mark.</summary>
    public static string CleanQuery(ReadOnlySpan<char> query) =>
        query.IsEmpty ? "" : query.ContainsAnyExcept(QueryLetters) ? Encode(query, QueryLetters) : query.ToString();

    private static bool HoldsDotSegment(ReadOnlySpan<char> path)
    {
        while (true)
        {
            var slash = path.IndexOf('/');
            if (DotsOf(slash < 0 ? path : path[..slash]) > 0) return true;
            if (slash < 0) return false;
            path = path[(slash + 1)..];
        }
    }

    private static bool HoldsHiddenDotSegment(ReadOnlySpan<char> path)
    {
        if (!path.Contains("%2f", StringComparison.OrdinalIgnoreCase) && !path.Contains("%5c", StringComparison.OrdinalIgnoreCase)) return false;
        var unhidden = path.ToString().Replace("%2f", "/", StringComparison.OrdinalIgnoreCase).Replace("%5c", "/", StringComparison.OrdinalIgnoreCase);
        return HoldsDotSegment(unhidden);
    }

    /// <summary>1 for a segment <c>.</c>, 2 for <c>..</c>, in any spelling; 0 for every other.</summary>
    private static int DotsOf(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            if (segment[0] == '.') segment = segment[1..];
            else if (segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase)) segment = segment[3..];
            else return 0;
            if (++dots > 2) return 0;
        }

        return dots;
    }

    /// <summary>RFC 3986 §5.2.4; empty segments are kept, they name something else upstream.</summary>
    private static string RemoveDotSegments(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            var dots = DotsOf(segments[i]);
            if (dots == 0) kept.Add(segments[i]);
            else if (dots == 2 && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            // "/a/." and "/a/.." name a folder: what is left ends with a slash.
            if (dots > 0 && i == segments.Length - 1) kept.Add("");
        }

        return "/" + string.Join('/', kept);
    }

    private static string Encode(ReadOnlySpan<char> text, SearchValues<char> legal)
    {
        var wire = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAnyExcept(legal);
            if (run < 0) run = text.Length;
            wire.Append(text[..run]);
            text = text[run..];
            if (text.IsEmpty) break;
            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) wire.Append('%').Append(Hex(b >> 4)).Append(Hex(b & 15));
            text = text[consumed..];
        }

        return wire.ToString();
    }

    private static char Hex(int digit) => "0123456789ABCDEF"[digit];
}
