namespace Gateway.Sessions.Quality;

/// <summary>A <see cref="Playhead"/> at one moment.</summary>
internal readonly record struct PlayheadSnapshot
{
    public PlaybackState State { get; init; }

    public double PositionSec { get; init; }

    /// <summary>When the position was told; <see cref="DateTimeOffset.UnixEpoch"/> when nobody ever did.</summary>
    public DateTimeOffset PositionAt { get; init; }

    public bool IsPlaying { get; init; }

    public double BufferedUntilSec { get; init; }

    /// <summary>Of the video rendition asked for last, kbit/s; 0 = not known.</summary>
    public int BitrateKbps { get; init; }

    /// <summary>As the player measured it, kbit/s; 0 = not known.</summary>
    public int ThroughputKbps { get; init; }

    public int QualitySwitches { get; init; }

    public int Stalls { get; init; }

    /// <summary>How long the picture stood in all.</summary>
    public TimeSpan Stood { get; init; }

    public TimeSpan Watched { get; init; }

    /// <summary>Whether media was asked for or a heartbeat came.</summary>
    public bool HasBegun { get; init; }
}
