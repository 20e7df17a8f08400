using System.Text;

namespace Gateway.Access;

/// <summary>
/// A claim's glob over asset paths without leading slash: <c>*</c> and <c>?</c> stay within a segment, <c>**</c> as a whole segment takes
/// any number of segments, also none. <c>films/**</c> holds everything below <c>films</c>.
/// </summary>
/// <remarks>
/// Compared with the decoded path, as people write globs. An encoded slash stays encoded: to some servers it is no separator, and what
/// could be read in two ways must not grant more than in either.
/// </remarks>
internal static class MediaGlob
{
    /// <param name="glob">The glob; a leading slash is overlooked.</param>
    /// <param name="path">Decoded by <see cref="Decode"/>.</param>
    public static bool Matches(string glob, string path)
    {
        var patterns = glob.TrimStart('/').Split('/');
        // One slash begins a path; a second one begins an empty segment.
        var segments = (path.StartsWith('/') ? path[1..] : path).Split('/');
        int p = 0, s = 0, star = -1, starSegment = 0;
        while (s < segments.Length)
        {
            if (p < patterns.Length && patterns[p] == "**")
            {
                star = p++;
                starSegment = s;
            }
            else if (p < patterns.Length && Wildcard.Matches(patterns[p], segments[s], acrossSlashes: false))
            {
                p++;
                s++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                s = ++starSegment;
            }
            else
            {
                return false;
            }
        }

        while (p < patterns.Length && patterns[p] == "**") p++;
        return p == patterns.Length;
    }

    /// <summary>Decodes a path that <see cref="MediaPath"/> accepted, once, all but its encoded slashes.</summary>
    public static string Decode(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal)) return path;
        var built = new StringBuilder(path.Length);
        var rest = path.AsSpan();
        for (var at = rest.IndexOf("%2f", StringComparison.OrdinalIgnoreCase); at >= 0; at = rest.IndexOf("%2f", StringComparison.OrdinalIgnoreCase))
        {
            built.Append(Uri.UnescapeDataString(rest[..at])).Append("%2F");
            rest = rest[(at + 3)..];
        }

        return built.Append(Uri.UnescapeDataString(rest)).ToString();
    }
}
