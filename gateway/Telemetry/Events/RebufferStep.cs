namespace Gateway.Telemetry.Events;

/// <summary>Steps of a stall.</summary>
internal enum RebufferStep
{
    /// <summary><c>player.rebuffer</c>: playback stalls.</summary>
    Started,

    /// <summary><c>player.rebuffer_recovered</c></summary>
    Recovered,

    /// <summary><c>player.rebuffer_timeout</c>: the player gave up waiting.</summary>
    TimedOut,
}
