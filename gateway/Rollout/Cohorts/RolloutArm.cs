namespace Gateway.Rollout.Cohorts;

/// <summary>The side of the comparison that a session is on.</summary>
internal enum RolloutArm
{
    /// <summary>On none: its engine was not drawn by lot (an engine by name, an allow or deny list, a source that the stage leaves out, a fixed mode).</summary>
    None,

    /// <summary>Eligible like the wave and not drawn: direct.</summary>
    Control,

    /// <summary>Drawn into the wave: segmented.</summary>
    Treatment,
}
