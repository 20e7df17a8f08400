namespace Gateway.Rollout.Judging;

/// <summary>What a wave is judged by. It must not change while the wave runs: another share or another limit is another wave.</summary>
internal sealed record JudgePlan
{
    public const double SmallestShare = 0.01;

    /// <summary>Which judged wave this is, from 1 on, counted over all waves for which the family-wise promise is to hold.</summary>
    public int Wave { get; init; } = 1;

    /// <summary>The wave's share of the sessions that are dealt to the two arms, 0.01–0.99.</summary>
    public required double Share { get; init; }

    /// <summary>The probability that any metric of any wave ever reverts without cause.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>The probability, for each metric, that a wave is called harmless whose harm is beyond the margin. All metrics have to pass, so nothing is split.</summary>
    public double PromotionAlpha { get; init; } = 0.025;

    /// <summary>The probability that the sample ratio is called wrong without cause. It stops promotion and reverts nothing.</summary>
    public double SampleRatioAlpha { get; init; } = 0.001;

    /// <summary>Margin of sessions that could not be made: this much more than control, as a share of sessions, is accepted for promotion.</summary>
    public double CreateFailedMargin { get; init; } = 0.005;

    /// <summary>The same of start-ups that failed or were slow.</summary>
    public double StartupBadMargin { get; init; } = 0.01;

    /// <summary>The same of sessions with a stall.</summary>
    public double StalledMargin { get; init; } = 0.01;

    /// <summary>The same of playback lost at a handoff.</summary>
    public double HandoffLostMargin { get; init; } = 0.005;

    /// <summary>The same of sessions that a deploy interrupted.</summary>
    public double InterruptedMargin { get; init; } = 0.005;

    /// <summary>The same of the stall ratio, as a share of the playing time.</summary>
    public double StallRatioMargin { get; init; } = 0.005;

    /// <summary>A start-up of the wave may be so many times as long as control's.</summary>
    public double StartupTolerance { get; init; } = 1.25;

    /// <summary>A difference that is certain and smaller than this part of its margin reverts nothing: with enough sessions every difference is certain.</summary>
    public double TriflePart { get; init; } = 0.1;

    /// <summary>
    /// Harmed sessions of the wave, below which no difference reverts: what is told by one network, or a few accounts, is no wave. Only ever fewer reversions come of it, so the promise about false ones stays.
    /// </summary>
    public int LeastHarmed { get; init; } = 5;

    public StartupGates Gates { get; init; } = new();

    /// <summary>What is wrong with it, in sentences; empty when nothing is.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (Wave < 1) errors.Add("Wave counts from 1 on.");
        if (!(Share >= SmallestShare && Share <= 1 - SmallestShare)) errors.Add("Share is from 0.01 to 0.99: without a concurrent control nothing can be compared.");
        Probability("Alpha", Alpha);
        Probability("PromotionAlpha", PromotionAlpha);
        Probability("SampleRatioAlpha", SampleRatioAlpha);
        if (LeastHarmed < 1) errors.Add("LeastHarmed is a number of sessions, from 1 on.");
        foreach (var margin in (double[])[CreateFailedMargin, StartupBadMargin, StalledMargin, HandoffLostMargin, InterruptedMargin, StallRatioMargin])
        {
            if (!(margin > 0 && margin < 1)) errors.Add("A margin is a share of sessions or of time, between 0 and 1.");
        }

        if (!(StartupTolerance >= 1 && StartupTolerance <= 100)) errors.Add("StartupTolerance is a factor from 1 to 100.");
        if (!(TriflePart >= 0 && TriflePart <= 1)) errors.Add("TriflePart is a part of the margin, from 0 to 1.");
        return errors;

        void Probability(string name, double value)
        {
            if (!(value > 0 && value < 0.5)) errors.Add($"{name} is a probability between 0 and 0.5.");
        }
    }
}
