using System.Collections.Frozen;
using Gateway.Manifests.Offers;
using Gateway.Manifests.Timeline;

namespace Gateway.Manifests;

/// <summary>
/// One version of a manifest as upstream sent it, decoded and understood once, kept beside the cached object and shared by all sessions.
/// </summary>
internal sealed class UpstreamManifest
{
    private ImportedTimelines? _imported;
    private LadderOffer? _offer;

    /// <summary>Decoded, otherwise byte for byte.</summary>
    public required byte[] Body { get; init; }

    public required StreamingProtocol Protocol { get; init; }

    /// <summary>JSON or XML beside the manifests: an asset list, a steering manifest, or something else that goes out as it is.</summary>
    public bool IsDocument { get; init; }

    /// <summary>Identifies this version: a digest of the body.</summary>
    public required UInt128 Version { get; init; }

    /// <summary>How long it may be kept; null when upstream's word alone counts.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The media playlist's timeline, or one for each Representation. Empty for multivariant playlists.</summary>
    public IReadOnlyList<MediaTimeline> Timelines { get; init; } = [];

    /// <summary>Whether references of a media playlist depend on variables of the multivariant one (EXT-X-DEFINE with IMPORT).</summary>
    public bool Imports { get; init; }

    /// <summary>
    /// With <see cref="Imports"/>, the timelines for those who last asked. One place is enough: all sessions of a title share its multivariant
    /// playlist, and where they do not, a playlist is read again per reload, as it is rewritten.
    /// </summary>
    public ImportedTimelines? Imported
    {
        get => Volatile.Read(ref _imported);
        set => Volatile.Write(ref _imported, value);
    }

    /// <summary>What of a ladder is offered under the bitrate limit that was last asked for.</summary>
    public LadderOffer? Offer
    {
        get => Volatile.Read(ref _offer);
        set => Volatile.Write(ref _offer, value);
    }

    /// <summary>What a multivariant playlist offers; null for everything else.</summary>
    public VariantLadder? Ladder { get; init; }

    /// <summary>What a multivariant playlist defines for import into its media playlists (EXT-X-DEFINE); null for everything else.</summary>
    public FrozenDictionary<string, string>? Variables { get; init; }

    /// <summary>Memory beside the object's own bytes, for the cache's budget.</summary>
    public long Bytes { get; init; }
}
