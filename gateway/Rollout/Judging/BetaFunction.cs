namespace Gateway.Rollout.Judging;

/// <summary>Logarithms of the beta function and of the tail of the beta distribution: counts in the millions neither overflow nor vanish.</summary>
internal static class BetaFunction
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    // Beyond so many steps nothing changes that a verdict could turn on; the fraction needs about the square root of the larger parameter.
    private const int MostSteps = 20_000;
    private const double Enough = 1e-13;
    private const double Tiny = 1e-300;

    /// <summary>ln Γ(x) for x &gt; 0, by Stirling's series (Abramowitz and Stegun 6.1.41), small arguments shifted up to where it holds.</summary>
    public static double LogGamma(double x)
    {
        var shift = 0.0;
        if (x < 10)
        {
            var product = 1.0;
            while (x < 10)
            {
                product *= x;
                x++;
            }

            shift = Math.Log(product);
        }

        var inverse = 1 / x;
        var square = inverse * inverse;
        var series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square * ((1.0 / 1680) - (square * (1.0 / 1188)))))))));
        return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + series - shift;
    }

    /// <summary>ln B(a, b) for a, b &gt; 0.</summary>
    public static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    /// <summary>ln P(X &gt; x) for X ~ Beta(a, b) and x within (0, 1), by the continued fraction of the incomplete beta function (A&amp;S 26.5.8), from the side on which it converges.</summary>
    public static double LogUpperTail(double x, double a, double b)
    {
        var front = (a * Math.Log(x)) + (b * Math.Log(1 - x)) - LogBeta(a, b);
        if (x >= (a + 1) / (a + b + 2)) return Math.Min(0, front + Math.Log(Fraction(1 - x, b, a) / b));
        var below = front + Math.Log(Fraction(x, a, b) / a);
        return below < 0 ? LogOneMinusExp(below) : double.NegativeInfinity;
    }

    /// <summary>ln(eᵃ + eᵇ).</summary>
    public static double LogSum(double a, double b)
    {
        var (high, low) = a > b ? (a, b) : (b, a);
        return double.IsNegativeInfinity(high) ? high : high + double.LogP1(Math.Exp(low - high));
    }

    private static double LogOneMinusExp(double log) => log > -0.5 ? Math.Log(-double.ExpM1(log)) : double.LogP1(-Math.Exp(log));

    /// <summary>Lentz's way of a continued fraction (Thompson and Barnett, J. Comput. Phys. 1986).</summary>
    private static double Fraction(double x, double a, double b)
    {
        var c = 1.0;
        var d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        var value = d;
        for (var m = 1; m <= MostSteps; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            value *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            var step = d * c;
            value *= step;
            if (Math.Abs(step - 1) < Enough) break;
        }

        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
