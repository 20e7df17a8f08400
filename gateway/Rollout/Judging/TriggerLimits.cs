namespace Gateway.Rollout.Judging;

/// <summary>The limits of the four triggers. A baseline is the rate of the last capture that was recorded as healthy; without one the absolute limit stands alone.</summary>
internal sealed record TriggerLimits
{
    public double CreateFailureRate { get; init; } = 0.02;

    /// <summary>The rate has to be over so many times the baseline as well.</summary>
    public double CreateFailureFactor { get; init; } = 2;

    public double? CreateFailureBaseline { get; init; }

    public double HandoffFailureRate { get; init; } = 0.01;

    public double HandoffFailureFactor { get; init; } = 1.5;

    public double? HandoffFailureBaseline { get; init; }

    public double FetchFailureRate { get; init; } = 0.01;

    public double InterruptionRate { get; init; } = 0.005;

    /// <summary>Looks in a row over the limit that make a rise a sustained one.</summary>
    public int SustainedLooks { get; init; } = 3;

    /// <summary>With fewer events in the window nothing is judged.</summary>
    public int MinEvents { get; init; } = 50;

    /// <summary>Failures that fewer viewers have met revert nothing: one broken title, or one viewer who tells of trouble, is not the wave.</summary>
    public int MinViewers { get; init; } = 5;
}
