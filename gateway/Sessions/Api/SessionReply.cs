namespace Gateway.Sessions.Api;

/// <summary>The reply to a create; a handoff's has the last three fields as well.</summary>
internal sealed record SessionReply
{
    public required string SessionId { get; init; }

    public required string Ticket { get; init; }

    /// <summary><c>direct</c> or <c>segmented</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Absolute paths at this gateway, which stay right behind any balancer.</summary>
    public required string HlsUrl { get; init; }

    public required string DashUrl { get; init; }

    /// <summary>The title as one file; absent where there is none.</summary>
    public string? DirectUrl { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required PlaybackProfile PlaybackProfile { get; init; }

    public required EngineHints EngineHints { get; init; }

    public string? PreviousSessionId { get; init; }

    public double? ResumeAtSec { get; init; }

    public bool? ShouldPlay { get; init; }
}
