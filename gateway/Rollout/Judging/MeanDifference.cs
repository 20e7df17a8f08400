namespace Gateway.Rollout.Judging;

/// <summary>
/// The difference of means of a bounded outcome (0–1 a session) between the arms, by betting (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B
/// 2024).
/// </summary>
/// <remarks>
/// Each session gives <c>d = v/p</c> if it is the wave's and <c>−v/(1−p)</c> if it is control's, p being the wave's share: its expectation is the difference of the means at that moment, so a drift of both does not
/// matter. Against "the difference is at most 0" one holds stakes on its being more, each a fixed part of what cannot be lost at once, and the capital of all together is an
/// e-process; against "at least m" one holds them on its being less, and the m that are refuted make an upper bound that holds at all times together. Fixed stakes in the place of the paper's
/// learned ones cost up to ln 7 and make the capital a function of counts, which several nodes can add up.
/// </remarks>
internal sealed class MeanDifference
{
    private const int Halvings = 30;

    private static readonly double[] Stakes = [0.003, 0.01, 0.03, 0.1, 0.3, 0.6, 0.95];
    private static readonly double LogPart = -Math.Log(Stakes.Length);

    private readonly double _share;
    private readonly double[] _values;

    // What one session of each value does to the capital of each stake on harm, as a logarithm: it is asked for after each session.
    private readonly double[] _ofTreatment;
    private readonly double[] _ofControl;

    /// <param name="share">The wave's share of sessions, within (0, 1).</param>
    /// <param name="values">The outcomes that there are, 0–1.</param>
    public MeanDifference(double share, double[] values)
    {
        _share = share;
        _values = values;
        _ofTreatment = [.. Stakes.SelectMany(s => values.Select(v => double.LogP1(s * (1 - share) * v / share)))];
        _ofControl = [.. Stakes.SelectMany(s => values.Select(v => double.LogP1(-s * v)))];
    }

    /// <summary>Logarithm of the evidence that the wave's mean is higher.</summary>
    /// <param name="treatment">The wave's sessions by value.</param>
    /// <param name="control">Control's.</param>
    public double LogEvidence(ReadOnlySpan<long> treatment, ReadOnlySpan<long> control)
    {
        var sum = double.NegativeInfinity;
        for (var stake = 0; stake < Stakes.Length; stake++)
        {
            var at = stake * _values.Length;
            var capital = 0.0;
            for (var i = 0; i < _values.Length; i++) capital += (treatment[i] * _ofTreatment[at + i]) + (control[i] * _ofControl[at + i]);
            sum = BetaFunction.LogSum(sum, capital + LogPart);
        }

        return sum;
    }

    /// <summary>Logarithm of the evidence that the wave's mean is higher by less than so much.</summary>
    public double LogEvidenceBelow(double margin, ReadOnlySpan<long> treatment, ReadOnlySpan<long> control)
    {
        var sum = double.NegativeInfinity;
        foreach (var stake in Stakes)
        {
            var bet = stake / ((1 / _share) - margin);
            var capital = 0.0;
            for (var i = 0; i < _values.Length; i++)
            {
                if (treatment[i] != 0) capital += treatment[i] * double.LogP1(bet * (margin - (_values[i] / _share)));
                if (control[i] != 0) capital += control[i] * double.LogP1(bet * (margin + (_values[i] / (1 - _share))));
            }

            sum = BetaFunction.LogSum(sum, capital + LogPart);
        }

        return sum;
    }

    /// <summary>By how much the wave's mean is higher at most; 1 where nothing can be told.</summary>
    /// <param name="alpha">The probability of being wrong, at any time.</param>
    /// <param name="treatment">The wave's sessions by value.</param>
    /// <param name="control">Control's.</param>
    public double Upper(double alpha, ReadOnlySpan<long> treatment, ReadOnlySpan<long> control)
    {
        var limit = -Math.Log(alpha);
        var (low, high) = (-1.0, 1.0);
        if (LogEvidenceBelow(high, treatment, control) < limit) return high;
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (LogEvidenceBelow(middle, treatment, control) >= limit) high = middle;
            else low = middle;
        }

        return high;
    }
}
