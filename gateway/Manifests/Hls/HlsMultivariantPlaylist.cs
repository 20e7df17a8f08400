using System.Collections.Frozen;
using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>A multivariant playlist (RFC 8216 §4.3.4).</summary>
internal sealed class HlsMultivariantPlaylist : HlsPlaylistManifest
{
    /// <summary>What it offers.</summary>
    public required VariantLadder Ladder { get; init; }

    /// <summary>What it defines for import into its media playlists (EXT-X-DEFINE).</summary>
    public FrozenDictionary<string, string> Variables { get; init; } = FrozenDictionary<string, string>.Empty;
}
