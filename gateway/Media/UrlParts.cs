using System.Globalization;
using System.Net;

namespace Gateway.Media;

/// <summary>
/// An absolute http(s) URL parsed without <see cref="Uri"/>: that class removes needless escapes, and an upstream that
/// signs its URLs must get them back unchanged. Host and port are normalised, path and query are spans of the given text.
/// </summary>
/// <remarks>
/// Parsing is stricter than RFC 3986 where laxness would let two parsers see two hosts: user information, backslashes, control characters, percent
/// signs in the host and ports that are no number are refused.
/// </remarks>
internal readonly ref struct UrlParts
{
    private const int MaxHostLength = 255;

    private UrlParts(bool isHttps, string? host, ReadOnlySpan<char> rawHost, int port, ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        IsHttps = isHttps;
        Host = host is null ? rawHost : host;
        Port = port;
        Path = path;
        Query = query;
    }

    public bool IsHttps { get; }

    /// <summary>Registered name in its ASCII form or an address (IPv6 in brackets), as given: compare it without case.</summary>
    public ReadOnlySpan<char> Host { get; }

    public int Port { get; }

    /// <summary>As spelled; may be empty and may hold dot segments.</summary>
    public ReadOnlySpan<char> Path { get; }

    /// <summary>As spelled with its question mark; empty when there is none.</summary>
    public ReadOnlySpan<char> Query { get; }

    public static bool TryParse(ReadOnlySpan<char> url, out UrlParts parts)
    {
        parts = default;
        bool isHttps;
        if (url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) isHttps = false;
        else if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) isHttps = true;
        else return false;

        var rest = url[(isHttps ? 8 : 7)..];
        if (rest.IndexOf('\\') >= 0 || rest.IndexOfAnyInRange('\0', '\u001f') >= 0) return false;
        var fragment = rest.IndexOf('#');
        if (fragment >= 0) rest = rest[..fragment];
        var authorityEnd = rest.IndexOfAny('/', '?');
        if (authorityEnd < 0) authorityEnd = rest.Length;
        var authority = rest[..authorityEnd];
        if (!TrySplitAuthority(authority, isHttps, out var host, out var port)) return false;
        if (!TryNormalizeHost(host, out var spelled)) return false;
        var tail = rest[authorityEnd..];
        var question = tail.IndexOf('?');
        parts = question < 0
            ? new UrlParts(isHttps, spelled, host, port, tail, default)
            : new UrlParts(isHttps, spelled, host, port, tail[..question], tail[question..]);
        return true;
    }

    private static bool TrySplitAuthority(ReadOnlySpan<char> authority, bool isHttps, out ReadOnlySpan<char> host, out int port)
    {
        host = authority;
        port = isHttps ? 443 : 80;
        if (authority.IsEmpty || authority.Contains('@')) return false;
        var hostEnd = authority[0] == '[' ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        if (authority[0] == '[' && hostEnd == 0) return false;
        if (hostEnd < 0 || hostEnd == authority.Length) return true;
        if (authority[hostEnd] != ':') return false;
        host = authority[..hostEnd];
        var digits = authority[(hostEnd + 1)..];
        if (digits.IsEmpty) return true;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;
    }

    /// <summary>Gives the host's normalised form, or null in <paramref name="spelled"/> when it is that already.</summary>
    private static bool TryNormalizeHost(ReadOnlySpan<char> host, out string? spelled)
    {
        spelled = null;
        if (host.IsEmpty || host.Length > MaxHostLength) return false;
        if (host[0] == '[')
        {
            if (!IPAddress.TryParse(host[1..^1], out var address)) return false;
            spelled = $"[{address}]";
            return true;
        }

        var ascii = true;
        foreach (var c in host)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') continue;
            if (c < 0x80) return false;
            ascii = false;
        }

        if (ascii) return true;
        if (!Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var international)) return false;
        try
        {
            spelled = international.IdnHost;
            return true;
        }
        catch (UriFormatException)
        {
            // The rules of international names are checked only now.
            return false;
        }
    }
}
