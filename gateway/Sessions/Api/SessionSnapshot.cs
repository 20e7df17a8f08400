namespace Gateway.Sessions.Api;

/// <summary>A session's state as clients and operators see it.</summary>
internal sealed record SessionSnapshot
{
    public required string SessionId { get; init; }

    public required string UserId { get; init; }

    public required string MediaId { get; init; }

    /// <summary>Upstream's path of what it began with, without its query; null where this node knows it from its ticket only.</summary>
    public string? Asset { get; init; }

    /// <summary>What is played: <c>segmented</c>, <c>direct</c>.</summary>
    public required string Engine { get; init; }

    /// <summary><c>hls</c>, <c>dash</c>, <c>file</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The player, where it is recognised.</summary>
    public string? Player { get; init; }

    /// <summary>Whether somebody watches now, as the gauge <c>gateway_sessions_playing</c> counts it.</summary>
    public required bool IsPlaying { get; init; }

    /// <summary>The client's network, for operators.</summary>
    public string? Network { get; init; }

    public required string Quality { get; init; }

    public string? GroupId { get; init; }

    public string? PreviousSessionId { get; init; }

    public double? PositionSec { get; init; }

    /// <summary><c>buffering</c>, <c>playing</c>, <c>paused</c>, <c>stopped</c>.</summary>
    public required string State { get; init; }

    public double BufferedUntilSec { get; init; }

    /// <summary>kbit/s; 0 = not known.</summary>
    public int CurrentBitrate { get; init; }

    public int QualitySwitches { get; init; }

    public int BufferingEvents { get; init; }

    /// <summary>Seconds.</summary>
    public double TotalBufferTime { get; init; }

    public double PlaybackSec { get; init; }

    /// <summary>kbit/s delivered; null before anything was played.</summary>
    public double? AverageBitrate { get; init; }

    /// <summary>kbit/s; null while unknown.</summary>
    public int? BandwidthEstimateKbps { get; init; }

    public required SegmentsBySource Segments { get; init; }

    /// <summary>Fetched from the origin for this viewer.</summary>
    public long SegmentsFetched { get; init; }

    public long SegmentsFromCache { get; init; }

    public long ErrorCount { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastActivityAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it ended; null for one that is held.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended: <c>client</c>, <c>idle</c>, <c>expired</c>, <c>revoked</c>.</summary>
    public string? EndReason { get; init; }
}
