namespace Gateway.Manifests.Hls;

/// <summary>What a playlist lists (RFC 8216 §4).</summary>
internal enum HlsPlaylistKind
{
    /// <summary>No tag tells.</summary>
    Unknown,

    /// <summary>Variants and renditions.</summary>
    Multivariant,

    /// <summary>Segments. Wins where a playlist has tags of both kinds, as it does in players.</summary>
    Media,
}
