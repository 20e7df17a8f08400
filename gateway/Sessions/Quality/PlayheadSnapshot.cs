namespace Gateway.Sessions.Quality;

/// <summary>A <see cref="Playhead"/> at one moment.</summary>
internal readonly record struct PlayheadSnapshot
{
    public PlaybackState State { get; init; }

    public double PositionSec { get; init; }

    /// <summary>When the position was reported; <see cref="DateTimeOffset.UnixEpoch"/> when it never was.</summary>
    public DateTimeOffset PositionAt { get; init; }

    /// <summary>Where the viewer is by the segment asked for last, less what the player says lies in its buffer; null before one was asked for whose place is known.</summary>
    public double? AskedSec { get; init; }

    /// <summary>Where the viewer is, as far as anything tells: by heartbeats where they come, else by what is asked for.</summary>
    public double ShownSec => HasBeats || AskedSec is not { } asked ? PositionSec : asked;

    public bool HasBeats { get; init; }

    public bool IsPlaying { get; init; }

    public double BufferedUntilSec { get; init; }

    /// <summary>Of the video rendition asked for last, kbit/s; 0 = not known.</summary>
    public int BitrateKbps { get; init; }

    /// <summary>As the player measured it, kbit/s; 0 = not known.</summary>
    public int ThroughputKbps { get; init; }

    public int QualitySwitches { get; init; }

    public int Stalls { get; init; }

    /// <summary>Length of all stalls together.</summary>
    public TimeSpan Stalled { get; init; }

    public TimeSpan Watched { get; init; }

    /// <summary>Whether media was asked for or a heartbeat came.</summary>
    public bool HasBegun { get; init; }
}
