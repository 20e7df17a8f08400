namespace Gateway.Sessions.Quality;

/// <summary>What one report of a player says about a stall.</summary>
internal enum StallSign
{
    Nothing,

    /// <summary>Playback stalls until <see cref="Ended"/> comes.</summary>
    Began,

    /// <summary>Playback goes on.</summary>
    Ended,

    /// <summary>Playback stalled, and goes on already.</summary>
    Passed,
}
