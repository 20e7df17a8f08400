namespace Gateway.Sessions.Quality;

/// <summary>What one sign of life changed; what metrics and events are made of.</summary>
internal readonly record struct PlayheadChange
{
    public StallSign Stall { get; init; }

    /// <summary>How long the picture stood, when a stall ended.</summary>
    public TimeSpan Stood { get; init; }

    /// <summary>Time watched since the sign before.</summary>
    public TimeSpan Watched { get; init; }

    /// <summary>Bitrates of a switch; both 0 for none.</summary>
    public int SwitchedFromKbps { get; init; }

    public int SwitchedToKbps { get; init; }
}
