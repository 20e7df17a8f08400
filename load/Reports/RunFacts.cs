namespace Gateway.Load.Reports;

/// <summary>What a report tells besides what players saw.</summary>
internal sealed record RunFacts
{
    public required string Target { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it really ran.</summary>
    public required TimeSpan Duration { get; init; }

    public bool IsComplete { get; init; } = true;

    public bool IsVirtual { get; init; }

    public required MachineFacts Machine { get; init; }

    /// <summary>Figures that are not of players, such as what an origin saw.</summary>
    public IReadOnlyList<Figure> More { get; init; } = [];

    /// <summary>What the origin was asked, second by second; empty where it is not the run's.</summary>
    public IReadOnlyList<OriginSecond> Origin { get; init; } = [];

    public TimeSpan CpuTime { get; init; }

    public long PeakBytes { get; init; }

    /// <summary>See <see cref="TesterCost"/>.</summary>
    public string? SharedWith { get; init; }

    /// <summary>See <see cref="TesterCost"/>.</summary>
    public double? HeapBytesPerPlayer { get; init; }
}
