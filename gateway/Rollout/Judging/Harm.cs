namespace Gateway.Rollout.Judging;

/// <summary>What a session can suffer, yes or no.</summary>
internal enum Harm
{
    CreateFailed,

    /// <summary>Failed, or took longer than <see cref="SessionOutcome.SlowStartupMs"/>.</summary>
    StartupBad,

    /// <summary>At least one stall longer than <see cref="SessionOutcome.NoticedStallMs"/>.</summary>
    Stalled,

    HandoffLost,

    Interrupted,
}
