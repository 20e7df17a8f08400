namespace Gateway.Load.Players;

/// <summary>What a viewer sees.</summary>
internal enum PlayerPhase
{
    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>From Play to the first picture.</summary>
    Starting,
    Playing,
    Stalled,
    Seeking,
    Paused,

    /// <summary>The title or the stay is over.</summary>
    Ended,

    /// <summary>Gave up.</summary>
    Failed,
}
