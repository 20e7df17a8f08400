namespace Gateway.Rollout.Control;

/// <summary>The roll-out as all gateways see it. Immutable; each accepted change is a new one with the next <see cref="Version"/>.</summary>
internal sealed record RolloutState
{
    public long Version { get; init; }

    /// <summary>0 to 4; see <see cref="RolloutOptions.Stage"/>.</summary>
    public int Stage { get; init; }

    /// <summary>Holds where no node's configuration fixes one.</summary>
    public EngineMode Mode { get; init; }

    /// <summary>Number of the comparison under way. Rises with every change of who is compared with whom, and never goes back.</summary>
    public int Wave { get; init; } = 1;

    /// <summary>Since when the stage holds.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Who made the last change: id of an operator's key, <c>configuration</c>, <c>automatic</c>.</summary>
    public string By { get; init; } = "";

    /// <summary>In force: new sessions play directly.</summary>
    public Reversion? Reversion { get; init; }

    /// <summary>The latest, in force or not.</summary>
    public Reversion? LastReversion { get; init; }

    public IReadOnlyList<string> Allow { get; init; } = [];

    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>When the contract suite was last recorded as passed.</summary>
    public DateTimeOffset? ContractPassedAt { get; init; }

    /// <summary>When the way back was last tried.</summary>
    public DateTimeOffset? DrillPassedAt { get; init; }

    /// <summary>A controlled deploy is under way since.</summary>
    public DateTimeOffset? DeployBeganAt { get; init; }

    /// <summary>When a controlled deploy ended without a breach; null again at the next stage.</summary>
    public DateTimeOffset? DeployPassedAt { get; init; }

    /// <summary>Share of failing creates in the last capture recorded as healthy.</summary>
    public double? BaselineCreateFailures { get; init; }

    /// <summary>Share of failing handoffs in it.</summary>
    public double? BaselineHandoffFailures { get; init; }
}
