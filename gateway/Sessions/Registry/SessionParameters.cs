using Gateway.Access;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Players;
using Gateway.Rollout;
using Gateway.Rollout.Cohorts;

namespace Gateway.Sessions.Registry;

/// <summary>The parameters with which a session was opened. Immutable.</summary>
internal sealed record SessionParameters
{
    /// <summary>Of a session that was opened by its URL alone, or that this node knows from its ticket only.</summary>
    public static readonly SessionParameters ByUrl = new() { Engine = PlaybackEngine.Segmented };

    /// <summary>Name of the title; empty where the session was opened by a URL.</summary>
    public string MediaId { get; init; } = "";

    public PlaybackEngine Engine { get; init; }

    /// <summary>Id of a session whose engine was drawn by it; null: any.</summary>
    public Guid? Id { get; init; }

    /// <summary>On which side of the roll-out's comparison it is, and in which wave.</summary>
    public RolloutArm Arm { get; init; }

    /// <summary>Whether its user has a credential: one without a name cannot be told from a neighbour, and is never taken for one who comes again.</summary>
    public bool IsNamed { get; init; }

    /// <inheritdoc cref="Arm"/>
    public int Wave { get; init; }

    public PlaybackQuality Quality { get; init; }

    /// <summary>The shared-listening group, if any.</summary>
    public string? GroupId { get; init; }

    /// <summary>The device as the client names it: a new session on it takes the place of the old one.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The client's network: its share of the table is taken.</summary>
    public ClientOrigin Client { get; init; }

    /// <summary>The viewer key by which a session that was opened by its URL is found again on another node; else null.</summary>
    public string? ViewerKeyName { get; init; }

    /// <summary>Whether a neighbour with the same player may find it as well. See <see cref="ViewerKey.IsShared"/>.</summary>
    public bool IsShared { get; init; }

    public double StartPositionSec { get; init; }

    /// <summary>The player, as far as it can be told.</summary>
    public PlayerClass Player { get; init; }

    /// <summary>The network that it comes from, of which something may be known; null for nobody in particular.</summary>
    public NetworkPrefix? Network { get; init; }

    /// <summary>It plays the rendition <c>auto</c>.</summary>
    public bool IsAuto { get; init; }

    /// <summary>The client asked for that itself, so that it is told where a title cannot be played so; else it gets the ladder then.</summary>
    public bool IsAutoAsked { get; init; }

    /// <summary>Opened ahead of time: counts as a stream from its first media request.</summary>
    public bool Prewarmed { get; init; }

    /// <summary>The session that this one carries on.</summary>
    public Guid? Previous { get; init; }

    /// <summary>Which paths the user's credential opens.</summary>
    public MediaGrant Media { get; init; } = MediaGrant.Everything;

    /// <summary>Hard expiry of the first session of a chain of handoffs, which its successors inherit; null for one that begins a chain.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Most streams that the user may have at a time; 0 = no limit.</summary>
    public int MaxStreams { get; init; }

    /// <summary>Highest bitrate that the user may have, kbit/s; 0 = no limit.</summary>
    public int MaxKbps { get; init; }

    /// <summary>Highest bitrate that its ladder shows, kbit/s: what the user may have, or less by the chosen quality; 0 = no limit. It stands in the ticket.</summary>
    public int LadderKbps { get; init; }
}
