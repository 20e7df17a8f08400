namespace Gateway.Rollout.Judging;

/// <summary>
/// Evidence that sessions of the wave suffer something more often than those of the concurrent control.
/// </summary>
/// <remarks>
/// <para>
/// Sessions are dealt to the arms by a hash that knows nothing of how they will go. If the wave does no harm, then each session that was harmed is the wave's with exactly the wave's share,
/// whatever the rate of harm is at that hour: the evidence is a beta-binomial mixture over the arms of harmed sessions, in the order in which they come. Base rates may drift as they like, and the
/// order in which the arms arrive needs no blocks. It is the conditional test of two Poisson rates (Przyborowski and Wilenski, Biometrika 1940) made sequential; the same number comes out of betting
/// on the difference of the arms (Waudby-Smith and Ramdas, see <see cref="MeanDifference"/>) with outcomes of 0 and 1. Turner, Ly and Grünwald ("Generic e-variables for exact sequential k-sample
/// tests", Journal of Statistical Planning and Inference 2024) need no known share, but blocks of fixed sizes; where harm is rare both grow alike.
/// </para>
/// <para>
/// A tenth of the stake learns the share instead of knowing it: the arms of harmed sessions against those of unharmed ones, both of one unknown share, by universal inference (Wasserman,
/// Ramdas, Balakrishnan, PNAS 2020; mixture over maximum of the likelihood). It goes on to hold when the sample ratio is not as planned, and the rest of the stake is then not counted. The average of
/// e-processes is an e-process.
/// </para>
/// </remarks>
internal sealed class HarmEvidence
{
    private const double LearnedStake = 0.1;
    private const double ShareStrength = 200;
    private const double Focus = 40;

    private static readonly double LogLearned = Math.Log(LearnedStake);
    private static readonly double LogKnown = Math.Log(1 - LearnedStake);

    private readonly BetaMixture _known;
    private readonly (double A, double B) _unharmed;
    private readonly (double A, double B) _harmed;

    /// <param name="share">The wave's share of sessions, within (0, 1).</param>
    public HarmEvidence(double share)
    {
        _known = new BetaMixture(share);
        _unharmed = (ShareStrength * share, ShareStrength * (1 - share));
        var doubled = 2 * share / (1 + share);
        _harmed = (Focus * doubled, Focus * (1 - doubled));
    }

    /// <summary>Logarithm of the e-value.</summary>
    /// <param name="harmedTreatment">Harmed sessions of the wave.</param>
    /// <param name="harmedControl">And of control.</param>
    /// <param name="treatment">All sessions of the wave.</param>
    /// <param name="control">And of control.</param>
    /// <param name="isShareKept">Whether the sample ratio is as planned.</param>
    public double Log(long harmedTreatment, long harmedControl, long treatment, long control, bool isShareKept)
    {
        var learned = LogLearned + Learned(harmedTreatment, harmedControl, treatment - harmedTreatment, control - harmedControl);
        return isShareKept ? BetaFunction.LogSum(LogKnown + _known.LogEvidence(harmedTreatment, harmedControl), learned) : learned;
    }

    /// <summary>
    /// Whether the evidence can have reached a limit at all. A mixture is never more than the best of what it mixes, so the ratio of the highest likelihoods is a bound, and a cheap one.
    /// </summary>
    public bool CanReach(double logLimit, long harmedTreatment, long harmedControl, long treatment, long control)
    {
        var (x, y, u, v) = (harmedTreatment, harmedControl, treatment - harmedTreatment, control - harmedControl);
        var known = Likelihood(x, y) - (x * Math.Log(_known.Rate)) - (y * Math.Log(1 - _known.Rate));
        return known >= logLimit || Likelihood(x, y) + Likelihood(u, v) - Likelihood(x + u, y + v) >= logLimit;
    }

    private double Learned(long x, long y, long u, long v)
    {
        if (x + y == 0) return 0;
        var mixture = BetaFunction.LogBeta(_harmed.A + x, _harmed.B + y) - BetaFunction.LogBeta(_harmed.A, _harmed.B)
            + BetaFunction.LogBeta(_unharmed.A + u, _unharmed.B + v) - BetaFunction.LogBeta(_unharmed.A, _unharmed.B);
        // The null is "at most the share of the others": where the counts are within it, its best likelihood is that of two shares.
        var isWithin = (double)x * (u + v) <= (double)u * (x + y);
        return mixture - (isWithin ? Likelihood(x, y) + Likelihood(u, v) : Likelihood(x + u, y + v));
    }

    /// <summary>Logarithm of the highest likelihood of the counts.</summary>
    private static double Likelihood(double x, double y) => (x > 0 ? x * Math.Log(x / (x + y)) : 0) + (y > 0 ? y * Math.Log(y / (x + y)) : 0);
}
