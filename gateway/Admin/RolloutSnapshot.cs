namespace Gateway.Admin;

/// <summary>The roll-out as operators see it.</summary>
internal sealed record RolloutSnapshot
{
    /// <summary>Also the <c>ETag</c>.</summary>
    public required long Version { get; init; }

    public required int Stage { get; init; }

    public required string StageName { get; init; }

    /// <summary>Share of the eligible users that gets segmented playback, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary><c>none</c>, <c>local</c>, <c>listed</c>, <c>all</c>.</summary>
    public required string Sources { get; init; }

    /// <summary><c>staged</c>, <c>direct</c>, <c>segmented</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether this node's configuration fixes the mode.</summary>
    public required bool ModeConfigured { get; init; }

    /// <summary>False while a node with a store has not read it yet: it gives direct playback.</summary>
    public required bool Known { get; init; }

    /// <summary>Number of the comparison under way.</summary>
    public required int Wave { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required string By { get; init; }

    /// <summary>Whether new sessions play directly because of a reversion.</summary>
    public required bool Reverted { get; init; }

    /// <summary>The latest reversion, in force or not.</summary>
    public ReversionSnapshot? LastReversion { get; init; }

    /// <summary>How to come back, while a reversion is in force.</summary>
    public string? WayBack { get; init; }

    public required IReadOnlyList<string> Allow { get; init; }

    public required IReadOnlyList<string> Deny { get; init; }

    public DateTimeOffset? ContractPassedAt { get; init; }

    public DateTimeOffset? DrillPassedAt { get; init; }

    /// <summary>A controlled deploy is under way since.</summary>
    public DateTimeOffset? DeployBeganAt { get; init; }

    public DateTimeOffset? DeployPassedAt { get; init; }

    /// <summary>What the next stage still needs; empty where it may be taken.</summary>
    public required IReadOnlyList<string> MissingForNext { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What the latest look at this wave has seen; absent before the first.</summary>
    public WaveSnapshot? Latest { get; init; }
}
