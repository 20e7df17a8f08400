namespace Gateway.Rollout.Watching;

/// <summary>What the triggers count.</summary>
internal enum RolloutSignal
{
    Create,
    Handoff,
    Fetch,

    /// <summary>By a controlled deploy; it has no events but its failures.</summary>
    Interruption,
}
