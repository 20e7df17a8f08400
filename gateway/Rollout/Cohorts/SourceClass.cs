namespace Gateway.Rollout.Cohorts;

/// <summary>Where a title comes from, as far as the roll-out's stages tell sources apart.</summary>
internal enum SourceClass
{
    /// <summary>The operator's own library.</summary>
    Local,

    /// <summary>Somebody else's: a provider.</summary>
    External,
}
