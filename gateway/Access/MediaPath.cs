using System.Buffers;
using System.Text;

namespace Gateway.Access;

/// <summary>
/// Refuses upstream paths that could mean something else to the server that reads them than to us. Accepted paths keep their spelling to
/// the last percent sign, so that cache keys, scopes and the upstream all see the same characters.
/// </summary>
/// <remarks>
/// Servers decode once, twice (a proxy in front of an application) or split at encoded slashes. The path is therefore judged as it stands
/// and after each of up to <see cref="DecodingRounds"/> decodings; what is harmless in all of these views is accepted. A percent sign that
/// is no escape is refused in the path as it stands and is a plain character in the decoded views: <c>100%25.mp4</c> is a good name.
/// Dots before a semicolon count as well (<c>..;x</c> is <c>..</c> to servers that know path parameters, RFC 3986 §3.3).
/// </remarks>
internal static class MediaPath
{
    /// <summary>Longest request target that is read.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>Nobody decodes a path three times without meaning to; one more for the one who does.</summary>
    private const int DecodingRounds = 4;

    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~/.");

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    /// <summary>Judges a path that begins with a slash.</summary>
    public static MediaPathVerdict Judge(ReadOnlySpan<char> path)
    {
        if (path.Length > MaxLength) return MediaPathVerdict.TooLong;
        // The usual path has no escapes: there is one view of it, and only slashes and dots to look at.
        if (!path.ContainsAnyExcept(Plain))
        {
            return HasDotSegment(path) ? MediaPathVerdict.DotSegment : MediaPathVerdict.Accepted;
        }

        var rented = ArrayPool<char>.Shared.Rent(path.Length);
        try
        {
            return JudgeAllViews(path, rented);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static MediaPathVerdict JudgeAllViews(ReadOnlySpan<char> path, Span<char> buffer)
    {
        var emptySegments = CountEmptySegments(path);
        var verdict = JudgeView(path, emptySegments);
        if (verdict != MediaPathVerdict.Accepted) return verdict;
        if (!IsWellEncoded(path)) return MediaPathVerdict.BadEncoding;
        path.CopyTo(buffer);
        var view = buffer[..path.Length];
        for (var round = 0; round < DecodingRounds; round++)
        {
            var length = DecodeInPlace(view);
            if (length == view.Length) return MediaPathVerdict.Accepted;
            view = view[..length];
            if (HidesAscii(view)) return MediaPathVerdict.BadEncoding;
            verdict = JudgeDecodedView(view, emptySegments);
            if (verdict != MediaPathVerdict.Accepted) return verdict;
        }

        // Still escapes after all rounds: nothing but an attempt to hide something looks like this.
        return view.Contains('%') ? MediaPathVerdict.BadEncoding : MediaPathVerdict.Accepted;
    }

    private static MediaPathVerdict JudgeView(ReadOnlySpan<char> path, int emptySegments) =>
        path.ContainsAnyExceptInRange('!', '~') || path.Contains('#') ? MediaPathVerdict.ForbiddenCharacter : JudgeDecodedView(path, emptySegments);

    // In a decoded view, bytes above 0x7F are parts of names, a space is a space, and '#' is a character like any other.
    private static MediaPathVerdict JudgeDecodedView(ReadOnlySpan<char> view, int emptySegments)
    {
        if (view.ContainsAnyInRange('\0', '\x1F') || view.ContainsAny('\\', '\x7F')) return MediaPathVerdict.ForbiddenCharacter;
        if (StartsWithScheme(view)) return MediaPathVerdict.AbsoluteUrl;
        // Those that the path has in plain sight are its own: URLs are put together from parts every day.
        if (CountEmptySegments(view) > emptySegments) return MediaPathVerdict.EmptySegment;
        return HasDotSegment(view) ? MediaPathVerdict.DotSegment : MediaPathVerdict.Accepted;
    }

    /// <summary>
    /// A path as an origin may read it: decoded once, encoded slashes included, without path parameters (RFC 3986 §3.3) and empty segments. The path itself where that
    /// makes no difference. For decisions about rights only; what goes upstream is the path as it is spelled.
    /// </summary>
    /// <param name="path">Begins with a slash and is accepted by <see cref="Judge"/>.</param>
    public static string OriginForm(string path)
    {
        if (path.AsSpan().IndexOfAny('%', ';') < 0 && !path.Contains("//", StringComparison.Ordinal)) return path;
        var decoded = Uri.UnescapeDataString(path).AsSpan();
        var built = new StringBuilder(decoded.Length);
        foreach (var range in decoded.Split('/'))
        {
            var segment = decoded[range];
            var parameters = segment.IndexOf(';');
            if (parameters >= 0) segment = segment[..parameters];
            if (!segment.IsEmpty) built.Append('/').Append(segment);
        }

        if (built.Length == 0 || decoded[^1] == '/') built.Append('/');
        return built.ToString();
    }

    /// <summary>
    /// Whether an encoded slash stands in a path parameter. Servers that take parameters away before they decode see no slash there, and those that decode first see another
    /// path; no name of media needs one, so rights that hold for a part of the paths hold for no such path.
    /// </summary>
    public static bool HidesSlashInParameter(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf(';'); at >= 0; at = path.IndexOf(';'))
        {
            path = path[(at + 1)..];
            var end = path.IndexOf('/');
            if ((end < 0 ? path : path[..end]).Contains("%2f", StringComparison.OrdinalIgnoreCase)) return true;
            if (end < 0) return false;
            path = path[end..];
        }

        return false;
    }

    private static int CountEmptySegments(ReadOnlySpan<char> path)
    {
        var count = 0;
        for (var at = path.IndexOf("//"); at >= 0; at = path.IndexOf("//"))
        {
            count++;
            path = path[(at + 1)..];
        }

        return count;
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf("/."); at >= 0;)
        {
            var segment = path[(at + 1)..];
            if (segment.IndexOfAny('/', ';') is >= 0 and var end) segment = segment[..end];
            if (segment is "." or "..") return true;
            var next = path[(at + 1)..].IndexOf("/.");
            if (next < 0) return false;
            at += 1 + next;
        }

        return false;
    }

    private static bool StartsWithScheme(ReadOnlySpan<char> path)
    {
        var first = path[1..];
        var colon = first.IndexOf(':');
        return colon > 0
            && char.IsAsciiLetter(first[0])
            && !first[..colon].ContainsAnyExcept(SchemeCharacters)
            && colon + 1 < first.Length
            && first[colon + 1] == '/';
    }

    private static bool IsWellEncoded(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf('%'); at >= 0; at = path.IndexOf('%'))
        {
            if (at + 2 >= path.Length || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2])) return false;
            path = path[(at + 3)..];
        }

        return true;
    }

    /// <summary>Decodes once, byte by byte: one char holds one byte.</summary>
    private static int DecodeInPlace(Span<char> view)
    {
        var length = 0;
        for (var i = 0; i < view.Length; i++)
        {
            var isEscape = view[i] == '%' && i + 2 < view.Length && char.IsAsciiHexDigit(view[i + 1]) && char.IsAsciiHexDigit(view[i + 2]);
            view[length++] = isEscape ? (char)(HexValue(view[i + 1]) << 4 | HexValue(view[i + 2])) : view[i];
            if (isEscape) i += 2;
        }

        return length;
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary>
    /// Overlong UTF-8 (RFC 3629 §3): <c>C0 AE</c>, <c>E0 80 AE</c>, <c>F0 80 80 AE</c> are dots to a careless decoder. Names in other
    /// encodings than UTF-8 pass: they are the origin's business.
    /// </summary>
    private static bool HidesAscii(ReadOnlySpan<char> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] is '\xC0' or '\xC1') return true;
            if (i + 1 >= bytes.Length) return false;
            if (bytes[i] == '\xE0' && bytes[i + 1] is >= '\x80' and < '\xA0') return true;
            if (bytes[i] == '\xF0' && bytes[i + 1] is >= '\x80' and < '\x90') return true;
        }

        return false;
    }
}
