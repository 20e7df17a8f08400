namespace Gateway.Rollout.Control;

/// <summary>What is to change; null leaves as it is.</summary>
internal sealed record RolloutChange
{
    public int? Stage { get; init; }

    public EngineMode? Mode { get; init; }

    /// <summary>True: back to direct. False: the way back from a reversion.</summary>
    public bool? Reverted { get; init; }

    public IReadOnlyList<string>? Allow { get; init; }

    public IReadOnlyList<string>? Deny { get; init; }

    /// <summary>The contract suite has passed.</summary>
    public bool ContractPassed { get; init; }

    /// <summary>The drill of the way back has passed.</summary>
    public bool DrillPassed { get; init; }

    /// <summary>True: a controlled deploy begins. False: it is over.</summary>
    public bool? Deploying { get; init; }

    public double? BaselineCreateFailures { get; init; }

    public double? BaselineHandoffFailures { get; init; }

    /// <summary>The comparison begins anew.</summary>
    public bool BeginsWave { get; init; }

    /// <summary>Promotes without the evidence; an operator's own responsibility, and audited.</summary>
    public bool Override { get; init; }

    /// <summary>In an operator's words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who changes it.</summary>
    public required string By { get; init; }
}
