namespace Gateway.Rollout.Judging;

/// <summary>What the evidence allows.</summary>
internal enum Decision
{
    /// <summary>Neither is shown: the wave stays as it is. Running out of time is this as well.</summary>
    Hold,

    /// <summary>The harm is within the margin in every metric, the gates are passed, the sample ratio is as planned.</summary>
    Promote,

    /// <summary>The wave does harm.</summary>
    Revert,
}
