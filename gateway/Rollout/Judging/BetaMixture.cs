namespace Gateway.Rollout.Judging;

/// <summary>
/// Evidence against "the rate of successes is at most so much", as an e-process: the likelihood of the counts under a mixture of higher rates, over their likelihood under that rate
/// (Robbins, Annals of Mathematical Statistics 1970; Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 2021, "beta-binomial mixture"). Whatever the rates are that the null allows, its expectation is
/// at most 1 at every time and at every rule of stopping, so by Ville's inequality it ever reaches 1/α with a probability of at most α, however often it is looked at.
/// </summary>
/// <remarks>
/// The mixture is over rates above the null's only (each beta distribution is cut off there): with mass below, a rate that is lower than allowed would count as evidence, too. Three
/// distributions: most on odds about twice the null's, narrow enough to cost 1 to 2 nats at some hundred counts; some around it, wide; some nearly even, for what is a hundred times worse.
/// </remarks>
internal sealed class BetaMixture
{
    private const double FocusedOdds = 2;

    // Weight and strength (a + b) of each; the last has its mean at one half.
    private static readonly (double Weight, double Strength)[] Parts = [(0.7, 60), (0.2, 8), (0.1, 1)];

    private readonly (double LogWeight, double A, double B, double LogBeta, double LogTail)[] _parts;
    private readonly double _logRate;
    private readonly double _logRest;

    /// <param name="rate">The highest rate that the null allows, within (0, 1).</param>
    public BetaMixture(double rate)
    {
        Rate = rate;
        _logRate = Math.Log(rate);
        _logRest = Math.Log(1 - rate);
        var focus = FocusedOdds * rate / ((FocusedOdds * rate) + 1 - rate);
        _parts = [.. Parts.Select((p, i) => Part(p.Weight, p.Strength, i == Parts.Length - 1 ? 0.5 : focus))];
    }

    public double Rate { get; }

    /// <summary>Logarithm of the evidence that so many successes and failures are.</summary>
    public double LogEvidence(long successes, long failures)
    {
        if (successes + failures == 0) return 0;
        var sum = double.NegativeInfinity;
        foreach (var (logWeight, a, b, logBeta, logTail) in _parts)
        {
            var (x, y) = (a + successes, b + failures);
            sum = BetaFunction.LogSum(sum, logWeight + BetaFunction.LogBeta(x, y) - logBeta + BetaFunction.LogUpperTail(Rate, x, y) - logTail);
        }

        return sum - (successes * _logRate) - (failures * _logRest);
    }

    private (double LogWeight, double A, double B, double LogBeta, double LogTail) Part(double weight, double strength, double mean)
    {
        var (a, b) = (strength * mean, strength * (1 - mean));
        return (Math.Log(weight), a, b, BetaFunction.LogBeta(a, b), BetaFunction.LogUpperTail(Rate, a, b));
    }
}
