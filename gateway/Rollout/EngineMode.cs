namespace Gateway.Rollout;

/// <summary>Which engine is recommended to players that name none.</summary>
internal enum EngineMode
{
    /// <summary>By the roll-out's stage: segmented for its cohort, direct for everybody else.</summary>
    Staged,

    /// <summary>Direct for everybody, whatever the stage. The emergency stop.</summary>
    Direct,

    /// <summary>Segmented for everybody, until a reversion.</summary>
    Segmented,
}
