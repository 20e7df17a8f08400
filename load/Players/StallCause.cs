namespace Gateway.Load.Players;

/// <summary>What a player waited for when the picture stood.</summary>
internal enum StallCause
{
    /// <summary>A playlist or MPD that would have told of more.</summary>
    Manifest,
    Init,
    Segment,
}
