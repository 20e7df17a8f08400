namespace Gateway.Rollout.Judging;

/// <summary>
/// How the probability of a false reversion is spent. Wave k gets α/(k(k+1)), which sums up to α over however many waves; within a wave each metric has a fixed part, and the parts sum up to
/// 1. By the union bound the probability that any metric of any wave ever reverts without cause is at most α.
/// </summary>
internal static class AlphaSpending
{
    public const double StalledPart = 0.3;
    public const double StartupBadPart = 0.2;
    public const double CreateFailedPart = 0.125;
    public const double HandoffLostPart = 0.125;
    public const double InterruptedPart = 0.1;
    public const double StallRatioPart = 0.05;

    /// <summary>Of each of the two quantiles.</summary>
    public const double StartupTimePart = 0.05;

    public static double OfWave(double alpha, int wave) => alpha / ((double)wave * (wave + 1));
}
