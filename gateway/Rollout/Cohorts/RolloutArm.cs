namespace Gateway.Rollout.Cohorts;

/// <summary>The side of the comparison that a session is on.</summary>
internal enum RolloutArm
{
    /// <summary>On none: the client has named its engine.</summary>
    None,

    /// <summary>On none: the gateway has chosen its engine, and by rule (a list, a source that the stage leaves out, a fixed mode). The triggers watch it, and nothing is compared.</summary>
    ByRule,

    /// <summary>Eligible like the wave and not drawn: direct.</summary>
    Control,

    /// <summary>Drawn into the wave: segmented.</summary>
    Treatment,
}
