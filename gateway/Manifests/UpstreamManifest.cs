using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests;

/// <summary>
/// One version of a manifest as upstream sent it, decoded and parsed once, kept beside the cached object and shared by all sessions. Its type says what it is:
/// <see cref="HlsMultivariantPlaylist"/>, <see cref="HlsMediaPlaylist"/>, <see cref="DashMpd"/>, <see cref="DashPart"/> or <see cref="AuxiliaryDocument"/>.
/// </summary>
/// <remarks>
/// Immutable except for derived forms: cuts, compressed forms, timelines for some sessions. Each of these is swapped in whole, so concurrent responses see the one or
/// the other, and what one of them loses is made again.
/// </remarks>
internal abstract class UpstreamManifest
{
    /// <summary>A service has few limits: the four steps of quality, and one or two by contract.</summary>
    private const int MaxOffers = 6;

    private CappedLadder[] _offers = [];
    private SharedBody? _whole;
    private long _counted;

    /// <summary>Decoded, otherwise byte for byte.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Identifies this version: a digest of the body.</summary>
    public required UInt128 Version { get; init; }

    public abstract StreamingProtocol Protocol { get; }

    /// <summary>How long it may be kept; null when upstream's headers alone decide.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>A media playlist's timeline, or one for each Representation of an MPD, as upstream listed them. Empty for everything else.</summary>
    public IReadOnlyList<MediaTimeline> Timelines { get; init; } = [];

    /// <summary>Memory beside the object's own bytes, for the cache's budget, as it was read.</summary>
    public long Bytes { get; init; }

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
    public bool StandsForAll { get; protected set; }

    /// <summary>Length of the form that was last rewritten for a viewer: what the next one will likely need. A hint, hence without care for races.</summary>
    public int RewrittenBytes { get; set; }

    /// <summary>Memory of what was made of it since it was read, beside its cuts and compressed forms.</summary>
    protected virtual long Gained => 0;

    /// <summary>Rewrites it for one session by the rules of its format.</summary>
    /// <param name="source">Its body, or what a bitrate limit leaves of it.</param>
    /// <param name="map">Where references lead.</param>
    /// <param name="variables">What a playlist may import.</param>
    /// <param name="rewritten">Written where anything changes.</param>
    /// <param name="metrics">Counts what was changed.</param>
    /// <returns>Whether anything changed; null when it breaks a limit of its format.</returns>
    public abstract bool? Rewrite(ReadOnlySpan<byte> source, ReferenceMap map, HlsVariables variables, PooledBuffer rewritten, ManifestMetrics metrics);

    /// <summary>The offer of a ladder under a bitrate limit, if it was read before; else null.</summary>
    public CappedLadder? OfferUnder(int maxKbps)
    {
        foreach (var offer in Volatile.Read(ref _offers))
        {
            if (offer.MaxKbps == maxKbps) return offer;
        }

        return null;
    }

    /// <summary>Keeps what is offered under a limit, for all sessions with it; with too many limits the oldest is dropped.</summary>
    public void Keep(CappedLadder offer)
    {
        var known = Volatile.Read(ref _offers);
        CappedLadder[] next = [offer, .. known.Length < MaxOffers ? known : known[..^1]];
        Volatile.Write(ref _offers, next);
    }

    /// <summary>Whether it takes more memory than when this was last asked; then how much in all.</summary>
    public bool TryTakeGrowth(out long bytes)
    {
        var gains = (Volatile.Read(ref _whole)?.CodedBytes ?? 0) + Gained;
        foreach (var offer in Volatile.Read(ref _offers)) gains += offer.Bytes;
        bytes = Bytes + gains;
        return Interlocked.Exchange(ref _counted, gains) < gains;
    }

    /// <summary>Gives up what can be made again.</summary>
    public virtual void DropGains()
    {
        Volatile.Write(ref _offers, []);
        Volatile.Write(ref _whole, null);
        Volatile.Write(ref _counted, 0);
    }
}
