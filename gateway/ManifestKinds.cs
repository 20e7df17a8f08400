namespace Gateway;

/// <summary>Tells documents that are rewritten from media.</summary>
internal static class ManifestKinds
{
    /// <summary>By the path, as players do (RFC 8216 §4; DASH has no rule but the custom).</summary>
    public static bool IsManifestPath(string path) =>
        path.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".mpd", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".m3u", StringComparison.OrdinalIgnoreCase);

    /// <summary>By the Content-Type that upstream declares.</summary>
    public static bool IsManifestType(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        if (end >= 0) type = type[..end];
        type = type.Trim();
        return type.Equals("application/vnd.apple.mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/dash+xml", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/x-mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("audio/mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("audio/x-mpegurl", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/dash-patch+xml", StringComparison.OrdinalIgnoreCase);
    }
}
