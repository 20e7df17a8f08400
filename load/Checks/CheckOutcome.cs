namespace Gateway.Load.Checks;

/// <summary>How a check ended.</summary>
internal enum CheckOutcome
{
    Passed,
    Failed,

    /// <summary>It could not be made here, and why is told; neither good nor bad.</summary>
    Skipped,
}
