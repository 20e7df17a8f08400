namespace Gateway.Rollout.Judging;

/// <summary>
/// Where a quantile of one arm lies, at all times together (Howard and Ramdas, "Sequential estimation of quantiles with applications to A/B testing", Bernoulli 2022, Theorem 1 with a
/// beta-binomial boundary): a quantile below x means that at most so many of the values are above it, which the counts refute or not. Nothing is assumed of the distribution; start-ups
/// without end count as longer than all.
/// </summary>
internal sealed class QuantileBand(double quantile)
{
    private readonly BetaMixture _above = new(1 - quantile);
    private readonly BetaMixture _below = new(quantile);

    public double Quantile => quantile;

    /// <summary>Logarithm of the evidence that the quantile lies above this bin.</summary>
    public double LogEvidenceAbove(Histogram values, int bin)
    {
        var below = values.CountTo(bin);
        return _above.LogEvidence(values.Total - below, below);
    }

    /// <summary>Logarithm of the evidence that the quantile lies in this bin or below.</summary>
    public double LogEvidenceWithin(Histogram values, int bin)
    {
        var below = values.CountTo(bin);
        return _below.LogEvidence(below, values.Total - below);
    }

    /// <summary>The bin in which the quantile of the counted values lies.</summary>
    public int Observed(Histogram values) => values.BinOfRank(Math.Max(1, (long)Math.Ceiling((quantile * values.Total) - 1e-9)));

    /// <summary>The lowest bin that the quantile does not lie above, with a probability of being wrong of <paramref name="alpha"/> at any time; the last one where nothing can be told.</summary>
    public int Upper(Histogram values, double alpha) => First(values.Counts.Length - 1, bin => LogEvidenceWithin(values, bin) >= -Math.Log(alpha));

    /// <summary>The lowest bin in which the quantile may lie; 0 where nothing can be told.</summary>
    public int Lower(Histogram values, double alpha) => First(values.Counts.Length - 1, bin => LogEvidenceAbove(values, bin) < -Math.Log(alpha));

    /// <summary>
    /// Logarithm of the evidence that the quantile of one arm is higher than the other's by more than so many bins: the largest, over all places between them, of the smaller of
    /// both arms' evidence. To be compared with twice the limit of one arm (1/α becomes 2/α), since both bands have to hold.
    /// </summary>
    public double LogEvidenceHigher(Histogram treatment, Histogram control, int toleranceBins)
    {
        if (treatment.Total == 0 || control.Total == 0 || Observed(treatment) <= Observed(control) + toleranceBins) return 0;
        // The first falls with the place and the second rises: the best place is where they meet.
        var bin = First(control.Counts.Length - 1 - toleranceBins, b => LogEvidenceWithin(control, b) >= LogEvidenceAbove(treatment, b + toleranceBins));
        var best = Math.Min(LogEvidenceWithin(control, bin), LogEvidenceAbove(treatment, bin + toleranceBins));
        if (bin > 0) best = Math.Max(best, Math.Min(LogEvidenceWithin(control, bin - 1), LogEvidenceAbove(treatment, bin - 1 + toleranceBins)));
        return Math.Max(0, best);
    }

    /// <summary>The first bin from which on something holds; the last when it never does.</summary>
    private static int First(int last, Func<int, bool> holds)
    {
        var (low, high) = (0, last);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (holds(middle)) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
