using System.Text.Unicode;

namespace Gateway.Manifests.Hls;

/// <summary>Tells playlists from other bodies and from each other.</summary>
internal static class HlsPlaylist
{
    /// <summary>Where the text of a playlist begins: behind a byte order mark, which must not go out (RFC 8216 §4).</summary>
    /// <returns>An offset; -1 when it is no playlist, and then <paramref name="refused"/> tells why.</returns>
    /// <remarks>
    /// The standard wants <c>#EXTM3U</c> first. Many players put up with comments before it or with its absence, so any text that begins
    /// with a number sign and has a tag in it is let through; whether to play it is the player's decision, as it is without a gateway.
    /// </remarks>
    public static int Recognise(ReadOnlySpan<byte> body, out HlsOutcome refused)
    {
        var start = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        var text = body[start..].TrimStart(" \t\r\n"u8);
        refused = HlsOutcome.NotAPlaylist;
        if (text.IsEmpty) refused = HlsOutcome.Empty;
        else if (text[0] != '#' || !HasTag(text)) return -1;
        else if (!Utf8.IsValid(body)) refused = HlsOutcome.InvalidUtf8;
        else return start;
        return -1;
    }

    /// <summary>What a playlist lists, from its first telling tag.</summary>
    public static HlsPlaylistKind KindOf(ReadOnlySpan<byte> playlist)
    {
        var kind = HlsPlaylistKind.Unknown;
        while (!playlist.IsEmpty)
        {
            var end = playlist.IndexOf((byte)'\n');
            var line = (end < 0 ? playlist : playlist[..end]).TrimStart(" \t"u8);
            playlist = end < 0 ? [] : playlist[(end + 1)..];
            if (line.StartsWith("#EXTINF"u8)) return HlsPlaylistKind.Media;
            if (!line.StartsWith("#EXT-X-"u8)) continue;
            var rule = HlsTagRules.Find(line[7..], out _);
            if (rule?.Kind == HlsPlaylistKind.Media) return HlsPlaylistKind.Media;
            if (rule?.Kind == HlsPlaylistKind.Multivariant) kind = HlsPlaylistKind.Multivariant;
        }

        return kind;
    }

    private static bool HasTag(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("#EXT"u8)) return true;
        while (true)
        {
            var end = text.IndexOf((byte)'\n');
            if (end < 0) return false;
            text = text[(end + 1)..].TrimStart(" \t"u8);
            if (text.StartsWith("#EXT"u8)) return true;
        }
    }
}
