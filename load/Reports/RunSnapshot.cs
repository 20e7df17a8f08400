namespace Gateway.Load.Reports;

/// <summary>A look at a run under way, for the terminal and for Prometheus.</summary>
internal sealed record RunSnapshot
{
    public required TimeSpan At { get; init; }

    public required int Arrived { get; init; }

    public required int Ended { get; init; }

    public required int Failed { get; init; }

    public required int Starting { get; init; }

    public required int Playing { get; init; }

    /// <summary>Waiting in mid-play, after a seek included.</summary>
    public required int Stalled { get; init; }

    public required int Paused { get; init; }

    /// <summary>Declared rate of what was loaded in the last piece of the timeline.</summary>
    public required double MeanKbps { get; init; }

    public required TimeSpan StartUpP50 { get; init; }

    public required TimeSpan StartUpP95 { get; init; }

    public required long Errors { get; init; }

    public required long Requests { get; init; }

    public required long Segments { get; init; }

    public required double BytesPerSecond { get; init; }

    /// <summary>The tester's own, at the 99th percentile.</summary>
    public required TimeSpan Lateness { get; init; }
}
