using Gateway.Adaptation;
using Gateway.Adaptation.Serving;
using Gateway.Connections;
using Gateway.Media;
using Gateway.Prefetch;
using Gateway.Responses;
using Gateway.Responses.History;
using Gateway.Timelines;

namespace Gateway.Playback.Requests;

/// <summary>
/// One media request after authentication and session look-up, as the handlers need it. It is made once, before any handler sees it; what the client sent beside this is dropped.
/// </summary>
/// <remarks>Not thread-safe: a request has one thread at a time.</remarks>
internal sealed class PlaybackRequest
{
    private TrackedLocation _location;
    private bool _isLocated;
    private TimelineEntry? _entry;

    /// <summary>The upstream address; within the ticket's scope, its path accepted by <see cref="Access.MediaPath"/>.</summary>
    public required MediaAddress Address { get; init; }

    public required Guid SessionId { get; init; }

    /// <summary>
    /// Whether the player's URL is the mapped form of <see cref="Address"/> (the playback route), so that relative references in a
    /// manifest lead back here by themselves; false for the entry <c>/play/…</c>.
    /// </summary>
    public required bool Mirrored { get; init; }

    /// <summary>The gateway's path before the cluster for references of this session: <c>/api/v1/playback/{ticket}</c>.</summary>
    public required Func<MediaAddress, string> TicketPath { get; init; }

    /// <summary>Whether the ticket of the resource's folder does not open what lies below.</summary>
    public bool HasLimitedTicket { get; init; }

    /// <summary>Whether a ticket for a folder opens what lies below; null where every ticket does.</summary>
    public Func<string, bool>? OpensBelow { get; init; }

    /// <summary>Highest bitrate that the viewer may have, kbit/s; 0 = no limit.</summary>
    public int MaxKbps { get; init; }

    /// <summary>What the viewer's ladders show and leave out; null without a limit.</summary>
    public OfferedLadders? Offers { get; init; }

    public required PlaybackTracker Tracker { get; init; }

    public required SegmentCounts Counts { get; init; }

    /// <summary>What happened to the session so far; null where nobody keeps it.</summary>
    public SessionHistory? History { get; init; }

    /// <summary>What is known of the session's line, and done about it; null where nobody looks.</summary>
    public AdaptedSession? Adapted { get; init; }

    /// <summary>Whether the viewer is told where a title cannot be played as <c>auto</c>.</summary>
    public bool WantsAuto { get; init; }

    /// <summary>How the connection leads to the client.</summary>
    public ClientPath Path { get; init; }

    public CmcdReport? Cmcd { get; init; }

    /// <summary>Who asks, for a title's manifest that may have to be made first, or a file of one that is made; null else.</summary>
    public StartConditions? Start { get; init; }

    /// <summary>The client's Range header.</summary>
    public RangeHeader Range { get; init; }

    /// <summary>The rendition of what is asked for, by the manifests that the gateway read for this session.</summary>
    public RequestedRendition Rendition
    {
        get
        {
            ref readonly var location = ref Location;
            if (ManifestKinds.IsManifestPath(Address.Path)) return RequestedRendition.Of(Tracker.Ladders.Find(Address, out var listed), listed);
            if (!location.IsListed) return default;
            var inside = location.Timeline!.Rung;
            var named = Tracker.Ladders.Find(location.Manifest!.Address, out var kind);
            return RequestedRendition.Of(inside ?? named, location.Timeline.Kind ?? kind);
        }
    }

    /// <summary>Where the resource stands in the manifests that the session has loaded; looked up once, when first asked for.</summary>
    public ref readonly TrackedLocation Location
    {
        get
        {
            if (!_isLocated)
            {
                _location = Tracker.Locate(Address, Range.AsAsked);
                _isLocated = true;
            }

            return ref _location;
        }
    }

    /// <summary>The segment or part itself, where <see cref="Location"/> lists one. Made once: each making is a few strings.</summary>
    public TimelineEntry Entry => _entry ??= Location.Entry;
}
