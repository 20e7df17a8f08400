namespace Gateway.Sessions.Quality;

/// <summary>What one request or report changed; the source of metrics and events.</summary>
internal readonly record struct PlayheadChange
{
    public StallSign Stall { get; init; }

    /// <summary>Length of the stall, when one ended.</summary>
    public TimeSpan Stalled { get; init; }

    /// <summary>Time played since the request or report before.</summary>
    public TimeSpan Watched { get; init; }

    /// <summary>Bitrates of a switch; both 0 for none.</summary>
    public int SwitchedFromKbps { get; init; }

    public int SwitchedToKbps { get; init; }
}
