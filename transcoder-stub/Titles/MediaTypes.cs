using System.Collections.Frozen;

namespace TranscoderStub.Titles;

/// <summary>Media types by file extension, and which of them are manifests.</summary>
internal static class MediaTypes
{
    public const string HlsPlaylist = "application/vnd.apple.mpegurl";
    public const string DashManifest = "application/dash+xml";

    // A CMAF segment is video/mp4 to every player; video/iso.segment is what the registry would rather see, and what some players do not know.
    private static readonly FrozenDictionary<string, string> s_byExtension = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".m3u8"] = HlsPlaylist,
        [".mpd"] = DashManifest,
        [".mp4"] = "video/mp4",
        [".m4s"] = "video/mp4",
        [".ts"] = "video/mp2t",
        [".aac"] = "audio/aac",
        [".vtt"] = "text/vtt; charset=utf-8",
        [".json"] = "application/json",
        [".key"] = "application/octet-stream",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The type of a file below a title; an audio rendition's folder begins with <c>a</c> by this project's naming.</summary>
    public static string? Of(string path)
    {
        if (!s_byExtension.TryGetValue(Path.GetExtension(path), out var type)) return null;
        return type == "video/mp4" && path.Contains("/a", StringComparison.Ordinal) ? "audio/mp4" : type;
    }

    public static bool IsManifest(string mediaType) => mediaType is HlsPlaylist or DashManifest;
}
