using Gateway.Adaptation.Policy;

namespace Gateway.Load.Qoe;

/// <summary>What stands between a player and its film.</summary>
/// <param name="Titles">The film.</param>
internal sealed record QoeSetting(QoeTitles Titles)
{
    /// <summary>The gateway's rules; null = the player is straight at the origin.</summary>
    public AdaptationPolicy? Policy { get; init; }

    /// <summary>Nothing but the lowest rung is offered.</summary>
    public bool IsLowest { get; init; }

    /// <summary>The session plays the rendition <c>auto</c>.</summary>
    public bool IsAuto { get; init; }

    /// <summary>The player tells of itself.</summary>
    public bool Cmcd { get; init; }
}
