namespace Gateway.Rollout;

/// <summary>How a session gets its media; also the value of a metric label.</summary>
internal enum PlaybackEngine
{
    /// <summary>One file by ranges.</summary>
    Direct,

    /// <summary>HLS or DASH.</summary>
    Segmented,
}
