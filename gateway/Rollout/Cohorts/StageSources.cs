namespace Gateway.Rollout.Cohorts;

/// <summary>The sources that a stage reaches.</summary>
internal enum StageSources
{
    None,

    /// <summary>The local library.</summary>
    Local,

    /// <summary>The local library, and the external clusters that <see cref="RolloutOptions.ExternalClusters"/> lists.</summary>
    Listed,

    All,
}
