namespace Gateway.Rollout.Control;

/// <summary>Why new sessions went back to direct playback.</summary>
internal sealed record Reversion
{
    /// <summary><c>session_create</c>, <c>handoff</c>, <c>fetch</c>, <c>deploy</c>, <c>judge</c>, <c>operator</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>What was seen and its limit, in the trigger's own unit.</summary>
    public double Observed { get; init; }

    public double Limit { get; init; }

    /// <summary>The numbers in words.</summary>
    public string Evidence { get; init; } = "";

    public required DateTimeOffset At { get; init; }

    /// <summary>The stage that was left.</summary>
    public int Stage { get; init; }

    /// <summary><c>all</c>: everybody; <c>wave</c>: only those whom the stage had added.</summary>
    public string Scope { get; init; } = All;

    /// <summary>The wave on whose evidence it was decided.</summary>
    public int DecidedOn { get; init; }

    /// <summary>Key id of the operator, or <c>automatic</c>.</summary>
    public string By { get; init; } = "";

    public const string All = "all";

    public const string Wave = "wave";
}
