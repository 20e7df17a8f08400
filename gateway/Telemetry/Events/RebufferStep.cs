namespace Gateway.Telemetry.Events;

/// <summary>Where a stall stands.</summary>
internal enum RebufferStep
{
    /// <summary><c>player.rebuffer</c>: the picture stands.</summary>
    Started,

    /// <summary><c>player.rebuffer_recovered</c></summary>
    Recovered,

    /// <summary><c>player.rebuffer_timeout</c>: the player gave up waiting.</summary>
    TimedOut,
}
