using System.Buffers;
using System.Text;

namespace Gateway.Manifests;

/// <summary>
/// A reference taken apart without changing a byte of it: everything up to the last slash of its path, the file name, and the rest.
/// The directory is what decides where a reference leads; file name and query are only carried along.
/// </summary>
internal readonly ref struct ReferenceSpelling
{
    /// <summary>What asks for a closer look: a scheme, a Windows slash, an escape that may hide a dot, what must not reach a header or an attribute.</summary>
    private static readonly SearchValues<byte> Odd = SearchValues.Create([.. ControlBytes(), .. "\\:%\""u8]);

    private static readonly SearchValues<byte> OddOrSlash = SearchValues.Create([.. ControlBytes(), .. "\\:%\"/"u8]);

    private static readonly SearchValues<byte> Unclean = SearchValues.Create([.. ControlBytes(), .. "\\\""u8]);

    private ReferenceSpelling(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> file, ReadOnlySpan<byte> query, ReadOnlySpan<byte> fragment)
    {
        Directory = directory;
        File = file;
        Query = query;
        Fragment = fragment;
    }

    /// <summary>Scheme, authority and path up to the last slash, as far as they are there. Ends without a slash only where the reference
    /// stops after the authority or with a dot segment, in which case a slash belongs after it.</summary>
    public ReadOnlySpan<byte> Directory { get; }

    /// <summary>Path after the last slash; never a dot segment.</summary>
    public ReadOnlySpan<byte> File { get; }

    /// <summary>Empty, or from the question mark on.</summary>
    public ReadOnlySpan<byte> Query { get; }

    /// <summary>Empty, or from the number sign on.</summary>
    public ReadOnlySpan<byte> Fragment { get; }

    /// <summary>
    /// Whether a reference is a relative path without anything that needs thought, as nearly all are. May say no to one that is.
    /// </summary>
    public static bool IsPlain(ReadOnlySpan<byte> reference)
    {
        if (reference.IsEmpty || reference[0] is (byte)'/' or (byte)'.' or (byte)'?' or (byte)'#') return false;

        // A file name alone, the most frequent of all, is known after one look at its bytes.
        var first = reference.IndexOfAny(OddOrSlash);
        return first < 0 || (reference[first] == '/' && reference[first..].IndexOfAny(Odd) < 0 && reference[first..].IndexOf("/."u8) < 0);
    }

    /// <summary>Whether players and servers may disagree about how the reference is read, so that it must be cleaned first.</summary>
    public static bool IsUnclean(ReadOnlySpan<byte> reference) => reference.IndexOfAny(Unclean) >= 0;

    /// <summary>The reference as text, clean.</summary>
    public static string TextOf(ReadOnlySpan<byte> reference)
    {
        if (!IsUnclean(reference)) return Encoding.UTF8.GetString(reference);
        var clean = new byte[reference.Length * 3];
        return Encoding.UTF8.GetString(clean.AsSpan(0, Clean(reference, clean)));
    }

    /// <summary>
    /// Writes a reference the way a browser reads it (WHATWG URL §4.4): tabs and line ends vanish, a backslash of the path is a slash, other
    /// control characters, backslashes and quotes are escaped. What comes out can stand in any attribute, header and line.
    /// </summary>
    /// <param name="reference">Any bytes.</param>
    /// <param name="clean">Three times as long as the reference.</param>
    /// <returns>Bytes written.</returns>
    public static int Clean(ReadOnlySpan<byte> reference, Span<byte> clean)
    {
        var used = 0;
        var inPath = true;
        foreach (var b in reference)
        {
            if (b is (byte)'?' or (byte)'#') inPath = false;
            if (b is (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            if (b == '\\' && inPath)
            {
                clean[used++] = (byte)'/';
            }
            else if (Unclean.Contains(b))
            {
                clean[used++] = (byte)'%';
                clean[used++] = HexDigit(b >> 4);
                clean[used++] = HexDigit(b & 15);
            }
            else
            {
                clean[used++] = b;
            }
        }

        return used;
    }

    /// <summary>Length of the scheme with its colon (RFC 3986 §3.1); 0 for a relative reference.</summary>
    public static int SchemeLength(ReadOnlySpan<byte> reference)
    {
        for (var i = 0; i < reference.Length; i++)
        {
            var b = reference[i];
            if (b == ':') return i == 0 ? 0 : i + 1;
            var letter = (uint)((b | 0x20) - 'a') < 26;
            var later = i > 0 && (b is (byte)'+' or (byte)'-' or (byte)'.' || (uint)(b - '0') < 10);
            if (!letter && !later) return 0;
        }

        return 0;
    }

    /// <summary>Whether a path segment is <c>.</c> or <c>..</c>, also with its dots escaped.</summary>
    /// <param name="segment">Text between two slashes.</param>
    /// <param name="dots">1 or 2; 0 for an ordinary segment.</param>
    /// <param name="escaped">Whether a dot is escaped, which browsers read as a dot and other players do not.</param>
    public static bool IsDotSegment(ReadOnlySpan<byte> segment, out int dots, out bool escaped)
    {
        dots = 0;
        escaped = false;
        var length = segment.Length;
        if (length is 0 or > 6) return false;
        for (var i = 0; i < length; dots++)
        {
            if (segment[i] == '.')
            {
                i++;
            }
            else if (i + 2 < length && segment[i] == '%' && segment[i + 1] == '2' && (segment[i + 2] | 0x20) == 'e')
            {
                i += 3;
                escaped = true;
            }
            else
            {
                dots = 0;
                return false;
            }
        }

        if (dots <= 2) return true;
        dots = 0;
        return false;
    }

    /// <summary>Takes a clean reference apart.</summary>
    public static ReferenceSpelling Split(ReadOnlySpan<byte> reference)
    {
        var path = reference;
        ReadOnlySpan<byte> query = [];
        ReadOnlySpan<byte> fragment = [];
        var end = path.IndexOf((byte)'#');
        if (end >= 0)
        {
            fragment = path[end..];
            path = path[..end];
        }

        end = path.IndexOf((byte)'?');
        if (end >= 0)
        {
            query = path[end..];
            path = path[..end];
        }

        var slash = path.LastIndexOf((byte)'/');
        var file = path[(slash + 1)..];
        var authority = SchemeLength(path);
        if (path[authority..].StartsWith("//"u8) && slash < authority + 2) return new(path, [], query, fragment);
        if (slash < authority) slash = authority - 1;
        return IsDotSegment(file, out _, out _) ? new(path, [], query, fragment) : new(path[..(slash + 1)], file, query, fragment);
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);

    private static IEnumerable<byte> ControlBytes()
    {
        for (var b = 0; b < 0x20; b++) yield return (byte)b;
        yield return 0x7F;
    }
}
