namespace Gateway.Rollout.Judging;

/// <summary>What the judge says at one look, with all that it goes by.</summary>
internal sealed record Verdict
{
    public required Decision Decision { get; init; }

    /// <summary>The metric that decided a reversion; of several the one with the most evidence over its limit. Null otherwise.</summary>
    public required string? Trigger { get; init; }

    /// <summary>Decision and reason in one or two sentences.</summary>
    public required string Summary { get; init; }

    /// <summary>What still stands between the wave and promotion, a sentence each; empty on promotion.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>By metric; empty where nothing is compared.</summary>
    public required IReadOnlyList<MetricEvidence> Evidence { get; init; }

    public required IReadOnlyList<GateOutcome> Gates { get; init; }

    /// <summary>Null where nothing is compared.</summary>
    public required SampleRatioOutcome? SampleRatio { get; init; }

    public required int Wave { get; init; }
}
