namespace Gateway.Rollout.Watching;

/// <summary>What the triggers count.</summary>
internal enum RolloutSignal
{
    Create,
    CreateFailure,
    Handoff,
    HandoffFailure,
    Fetch,
    FetchFailure,
}
