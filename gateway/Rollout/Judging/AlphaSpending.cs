namespace Gateway.Rollout.Judging;

/// <summary>
/// How the probability of a false reversion is spent. Each of the first <see cref="EvenWaves"/> waves gets the same, and so do all later ones together: the k-th of those a (k(k+1))-th of it, which sums up
/// however many there are. Within a wave each metric has a fixed part, and the parts sum up to 1. By the union bound the probability that any metric of any wave ever reverts without cause is at most α.
/// </summary>
/// <remarks>A roll-out takes three or four waves, and some more where it is taken back and tried again: to those a series that falls from the first wave on gives ever less, and the fourth would need a quarter
/// more events than the first. Most of α goes to stalls: they are the commonest harm, and the one whose events are bounded.</remarks>
internal static class AlphaSpending
{
    /// <summary>Waves that get the same part of α.</summary>
    public const int EvenWaves = 8;

    public const double StalledPart = 0.4;
    public const double StartupBadPart = 0.2;
    public const double CreateFailedPart = 0.1;
    public const double HandoffLostPart = 0.1;
    public const double InterruptedPart = 0.1;
    public const double StallRatioPart = 0.04;

    /// <summary>Of each of the two quantiles.</summary>
    public const double StartupTimePart = 0.03;

    public static double OfWave(double alpha, int wave)
    {
        var even = alpha / (EvenWaves + 1);
        var later = (double)wave - EvenWaves;
        return later <= 0 ? even : even / (later * (later + 1));
    }
}
