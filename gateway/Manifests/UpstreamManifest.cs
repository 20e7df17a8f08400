using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Manifests.Timeline;
using Gateway.Origin;

namespace Gateway.Manifests;

/// <summary>
/// One version of a manifest as upstream sent it, decoded and understood once, kept beside the cached object and shared by all sessions.
/// </summary>
internal sealed class UpstreamManifest
{
    /// <summary>A service has few limits: the four steps of quality, and one or two by contract.</summary>
    private const int MaxOffers = 6;

    private ImportedTimelines? _imported;
    private PatchedManifest? _patched;
    private HlsTimeline? _spliced;
    private LadderOffer[] _offers = [];
    private SharedBody? _whole;
    private long _counted;

    /// <summary>Decoded, otherwise byte for byte.</summary>
    public required byte[] Body { get; init; }

    public required StreamingProtocol Protocol { get; init; }

    /// <summary>JSON or XML beside the manifests: an asset list, a steering manifest, or something else that goes out as it is.</summary>
    public bool IsDocument { get; init; }

    /// <summary>XML that is rewritten like an MPD but is none: a patch, or an element that an MPD refers to.</summary>
    public bool IsPart { get; init; }

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

    /// <summary><see cref="Body"/> with its compressed forms.</summary>
    public SharedBody Whole
    {
        get
        {
            if (Volatile.Read(ref _whole) is { } known) return known;
            var made = new SharedBody(Body);
            return Interlocked.CompareExchange(ref _whole, made, null) ?? made;
        }
    }

    /// <summary>
    /// Found when it was first rewritten for a player that knows it by its mapped URL: it goes out as it is to all of them, and need not be looked through again.
    /// </summary>
    public bool StandsForAll { get; set; }

    /// <summary>Length of the form that was last rewritten for a viewer: what the next one will likely need. A hint, hence without care for races.</summary>
    public int RewrittenBytes { get; set; }

    /// <summary>What a multivariant playlist offers; null for everything else.</summary>
    public VariantLadder? Ladder { get; init; }

    /// <summary>What a multivariant playlist defines for import into its media playlists (EXT-X-DEFINE); null for everything else.</summary>
    public FrozenDictionary<string, string>? Variables { get; init; }

    /// <summary>Memory beside the object's own bytes, for the cache's budget, as it was read.</summary>
    public long Bytes { get; init; }

    /// <summary>Of an MPD, where patches of it lie.</summary>
    public ImmutableArray<MediaAddress> PatchLocations { get; init; } = [];

    /// <summary>
    /// Of a patch, what came of the MPD to which it was applied last. One place is enough: all who play a presentation have the same version of it before the patch.
    /// </summary>
    public PatchedManifest? Patched
    {
        get => Volatile.Read(ref _patched);
        set => Volatile.Write(ref _patched, value);
    }

    /// <summary>Of a delta update, the timeline with what it leaves out, for all who have it.</summary>
    public HlsTimeline? Spliced
    {
        get => Volatile.Read(ref _spliced);
        set => Volatile.Write(ref _spliced, value);
    }

    /// <summary>What of a ladder is offered under a bitrate limit, if that was looked at before; null when not.</summary>
    public LadderOffer? OfferUnder(int maxKbps)
    {
        foreach (var offer in Volatile.Read(ref _offers))
        {
            if (offer.MaxKbps == maxKbps) return offer;
        }

        return null;
    }

    /// <summary>Keeps what is offered under a limit, for all who have it; with too many limits the one known longest goes.</summary>
    public void Keep(LadderOffer offer)
    {
        var known = Volatile.Read(ref _offers);
        LadderOffer[] next = [offer, .. known.Length < MaxOffers ? known : known[..^1]];
        Volatile.Write(ref _offers, next);
    }

    /// <summary>Whether it takes more memory than when this was last asked; then how much in all.</summary>
    public bool TryTakeGrowth(out long bytes)
    {
        var gains = (Volatile.Read(ref _whole)?.CodedBytes ?? 0) + (Volatile.Read(ref _patched)?.Manifest.Bytes ?? 0);
        if (Spliced is { } spliced) gains += spliced.SizeBytes + spliced.Playlist.Length;
        foreach (var offer in Volatile.Read(ref _offers)) gains += offer.Bytes;
        bytes = Bytes + gains;
        return Interlocked.Exchange(ref _counted, gains) < gains;
    }

    /// <summary>Gives up what can be made again.</summary>
    public void DropGains()
    {
        Volatile.Write(ref _offers, []);
        Volatile.Write(ref _whole, null);
        Volatile.Write(ref _patched, null);
        Volatile.Write(ref _spliced, null);
        Volatile.Write(ref _counted, 0);
    }
}
