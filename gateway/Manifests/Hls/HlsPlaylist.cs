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
        var start = 0;
        while (body[start..].StartsWith("\uFEFF"u8)) start += 3;
        var text = HlsLines.TrimStart(body[start..]);
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
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            if (lines.Content.StartsWith("#EXTINF"u8)) return HlsPlaylistKind.Media;
            if (!lines.TryTake("#EXT-X-"u8, out var tag)) continue;
            var rule = HlsTagRules.Find(tag, out _);
            if (rule?.Kind == HlsPlaylistKind.Media) return HlsPlaylistKind.Media;
            if (rule?.Kind == HlsPlaylistKind.Multivariant) kind = HlsPlaylistKind.Multivariant;
        }

        return kind;
    }

    private static bool HasTag(ReadOnlySpan<byte> text)
    {
        for (var lines = new HlsLines(text); lines.MoveNext();)
        {
            if (lines.Content.StartsWith("#EXT"u8)) return true;
        }

        return false;
    }
}
