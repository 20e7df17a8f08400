using System.Diagnostics.CodeAnalysis;

namespace Gateway.Media;

/// <summary>
/// Resolves references against a base by RFC 3986 §5.2 and keeps every other character as it is: <see cref="Uri"/> would unescape <c>%7E</c> and its like,
/// and an upstream that signs its URLs must get them back as it wrote them.
/// </summary>
internal static class UrlReference
{
    /// <summary>Makes <see cref="Uri"/> keep path and query as they are spelled.</summary>
    public static readonly UriCreationOptions AsSpelled = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>An absolute http(s) URL whose path and query keep their spelling; dot segments are removed, and what cannot stand in a request line is escaped.</summary>
    public static bool TryParse(string absolute, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        var clean = "";
        return TryClean(absolute, ref clean) && Uri.TryCreate(clean, AsSpelled, out url);
    }

    /// <inheritdoc cref="TryResolve(ReadOnlySpan{char}, ReadOnlySpan{char}, out string)"/>
    public static bool TryResolve(Uri baseUrl, ReadOnlySpan<char> reference, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        return TryResolve(baseUrl.AbsoluteUri, reference, out var text) && Uri.TryCreate(text, AsSpelled, out url);
    }

    /// <param name="baseUrl">Absolute http(s) URL.</param>
    /// <param name="reference">Absolute URL, network-path, absolute-path, relative, query-only or empty reference.</param>
    /// <param name="url">Absolute http(s) URL without fragment; dot segments of the path are removed.</param>
    /// <returns>False for other schemes and for text that is no reference.</returns>
    public static bool TryResolve(ReadOnlySpan<char> baseUrl, ReadOnlySpan<char> reference, out string url)
    {
        url = "";
        reference = reference.Trim(' ');
        var fragment = reference.IndexOf('#');
        if (fragment >= 0) reference = reference[..fragment];
        if (HasScheme(reference)) return TryClean(reference, ref url);
        if (!UrlParts.TryParse(baseUrl, out var parts)) return false;
        if (reference.StartsWith("//")) return TryClean(string.Concat(parts.IsHttps ? "https:" : "http:", reference), ref url);

        var end = baseUrl.IndexOf('#');
        if (end >= 0) baseUrl = baseUrl[..end];
        var root = baseUrl[..(baseUrl.Length - parts.Path.Length - parts.Query.Length)];
        var question = reference.IndexOf('?');
        var query = question < 0 ? default : reference[question..];
        var path = question < 0 ? reference : reference[..question];
        if (path.IsEmpty) url = Join(root, parts.Path, question < 0 ? parts.Query : query);
        else if (path[0] == '/') url = Join(root, path, query);
        else url = Join(root, string.Concat(FolderOf(parts.Path), path), query);
        return true;
    }

    private static bool TryClean(ReadOnlySpan<char> absolute, ref string url)
    {
        if (!UrlParts.TryParse(absolute, out var parts)) return false;
        url = Join(absolute[..(absolute.Length - parts.Path.Length - parts.Query.Length)], parts.Path, parts.Query);
        return true;
    }

    private static string Join(ReadOnlySpan<char> root, ReadOnlySpan<char> path, ReadOnlySpan<char> query) =>
        string.Concat(root, WirePath.Clean(path), WirePath.CleanQuery(query));

    private static ReadOnlySpan<char> FolderOf(ReadOnlySpan<char> path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "/" : path[..(slash + 1)];
    }

    /// <summary>RFC 3986 §3.1: letters, digits, plus, minus and dot before the first colon, a letter first.</summary>
    private static bool HasScheme(ReadOnlySpan<char> reference)
    {
        if (reference.IsEmpty || !char.IsAsciiLetter(reference[0])) return false;
        foreach (var c in reference)
        {
            if (c == ':') return true;
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return false;
        }

        return false;
    }
}
