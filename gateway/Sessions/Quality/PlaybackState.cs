namespace Gateway.Sessions.Quality;

/// <summary>What a session is doing, as far as the gateway knows.</summary>
internal enum PlaybackState
{
    /// <summary>Not enough media yet, or none any more.</summary>
    Buffering,

    Playing,
    Paused,

    /// <summary>Over; serves nothing more.</summary>
    Stopped,
}
