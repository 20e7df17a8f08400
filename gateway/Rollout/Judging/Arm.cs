namespace Gateway.Rollout.Judging;

/// <summary>Which of the two a session was dealt: by a hash of its user, so before anything is known of how it goes.</summary>
internal enum Arm
{
    /// <summary>What everybody had before, at the same time as the wave.</summary>
    Control,

    /// <summary>What the wave brings.</summary>
    Treatment,
}
