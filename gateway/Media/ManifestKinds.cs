namespace Gateway.Media;

/// <summary>Tells manifests, which are rewritten, from media.</summary>
internal static class ManifestKinds
{
    /// <summary>Decides by the path, as players do (RFC 8216 §4; DASH has no rule but the custom).</summary>
    public static bool IsManifestPath(string path) =>
        path.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".mpd", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".m3u", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Decides by the Content-Type that upstream declares: manifests; JSON, which may be an asset list or a steering manifest (draft-pantos-hls-rfc8216bis, D.2 and §7.3);
    /// and XML, which may be an element of an MPD that is fetched by itself (ISO/IEC 23009-1 §5.5).
    /// </summary>
    public static bool MayHoldReferences(string? contentType)
    {
        var type = Bare(contentType);
        return IsManifestType(contentType)
            || type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/vnd.apple.steering-list", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/xml", StringComparison.OrdinalIgnoreCase)
            || type.Equals("text/xml", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Decides by the Content-Type that upstream declares.</summary>
    public static bool IsManifestType(string? contentType)
    {
        var type = Bare(contentType);
        return type.Equals("application/vnd.apple.mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/dash+xml", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/x-mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("audio/mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("audio/x-mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/dash-patch+xml", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a declared type tells what the body is: a missing one does not, nor does a web server's default for files it does not know.</summary>
    public static bool IsTelling(string? contentType)
    {
        var type = Bare(contentType);
        return !type.IsEmpty
            && !type.Equals("text/plain", StringComparison.OrdinalIgnoreCase)
            && !type.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)
            && !type.Equals("binary/octet-stream", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a path does not tell the type of its resource: it has no extension, or that of a program. A segment's extension does, so its first bytes are not awaited for a check.</summary>
    public static bool IsUntold(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var dot = name.LastIndexOf('.');
        return dot < 0 || name[(dot + 1)..] is "php" or "txt" or "asp" or "aspx" or "ashx" or "jsp" or "cgi";
    }

    /// <summary>Whether a body begins like a playlist (RFC 8216 §4.3.1.1), or like an MPD, with or without an XML declaration.</summary>
    public static bool BeginsManifest(ReadOnlySpan<byte> body)
    {
        var text = body.TrimStart("\uFEFF \t\r\n"u8);
        return text.StartsWith("#EXTM3U"u8) || text.StartsWith("<MPD"u8) || (text.StartsWith("<?xml"u8) && text[..Math.Min(text.Length, 2048)].IndexOf("<MPD"u8) >= 0);
    }

    private static ReadOnlySpan<char> Bare(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        return (end >= 0 ? type[..end] : type).Trim();
    }
}
