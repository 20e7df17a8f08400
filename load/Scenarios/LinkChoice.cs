namespace Gateway.Load.Scenarios;

/// <summary>What lies between viewers and target.</summary>
internal sealed record LinkChoice
{
    /// <summary>A rate for all; 0 = none of its own, take <see cref="Traces"/>.</summary>
    public int Kbps { get; init; }

    /// <summary>A folder of traces (<c>seconds,kbps</c>), drawn evenly, each begun at a moment drawn evenly.</summary>
    public string? Traces { get; init; }

    /// <summary>There and back, without waiting in a queue.</summary>
    public double RttMs { get; init; } = 60;

    /// <summary>How many viewers share one link; 1 = each has its own.</summary>
    public int Shared { get; init; } = 1;
}
