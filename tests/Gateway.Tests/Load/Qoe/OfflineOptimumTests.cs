using Gateway.Load.Links;
using Gateway.Load.Qoe;

namespace Gateway.Tests.Load.Qoe;

/// <summary>The offline optimum against all plans there are, on films that are short enough for that.</summary>
public sealed class OfflineOptimumTests
{
    private const int Segments = 6;
    private const double Length = 2;
    private static readonly double[] Kbps = [300, 900, 2000];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void ExtraStall_OfAShortFilm_IsThatOfTheBestOfAllPlans(int seed)
    {
        var dice = new Random(seed);
        var steps = Enumerable.Range(0, 41).Select(i => ((double)i, dice.Next(4) == 0 ? 0.0 : dice.Next(100, 3000))).ToArray();
        var curve = new RateCurve(new RateTrace("short", steps), TimeSpan.Zero);
        var sizes = Enumerable.Range(0, Kbps.Length).Select(r => Enumerable.Range(0, Segments).Select(_ => Kbps[r] * 125 * Length * (0.7 + (0.6 * dice.NextDouble()))).ToArray()).ToArray();
        var optimum = new OfflineOptimum(curve, Kbps, Segments, Length, (r, n) => sizes[r][n], 6, 0.05);
        foreach (var wanted in new[] { 300.0, 600, 900, 1300 })
        {
            var best = AllPlans().Where(p => p.Sum() * 1.0 >= (wanted * Segments) - 1e-6).Min(p => StallOf(curve, sizes, p));
            var found = optimum.FloorSeconds + optimum.ExtraStall(wanted, 60);

            // Never better than what there is, and worse by no more than its steps.
            Assert.InRange(found, best - 1e-6, best + 0.8);
        }
    }

    [Fact]
    public void ExtraStall_AtTheLowestRate_IsNone()
    {
        var optimum = new OfflineOptimum(new RateCurve(RateTrace.Constant(200), TimeSpan.Zero), Kbps, Segments, Length, static (r, _) => Kbps[r] * 125 * Length, 30, 0);
        Assert.Equal(0, optimum.ExtraStall(300, 100));
        Assert.Equal((600.0 * (Segments - 1) / 200) - (Length * (Segments - 1)), optimum.FloorSeconds, 1e-6);
    }

    private static IEnumerable<double[]> AllPlans()
    {
        var plans = (int)Math.Pow(Kbps.Length, Segments - 1);
        for (var code = 0; code < plans; code++)
        {
            var plan = new double[Segments];
            plan[0] = Kbps[0];
            for (var (n, rest) = (1, code); n < Segments; n++, rest /= Kbps.Length) plan[n] = Kbps[rest % Kbps.Length];
            yield return plan;
        }
    }

    /// <summary>Plays a plan: one segment after the other, none asked for while six seconds are held.</summary>
    private static double StallOf(RateCurve curve, double[][] sizes, double[] plan)
    {
        var plays = new double[Segments];
        var done = 0.0;
        for (var n = 0; n < Segments; n++)
        {
            var asked = done;
            var room = (n * Length) - 6;
            if (room > 0) asked = Math.Max(asked, plays[(int)(room / Length)] + (room % Length));
            done = curve.EndOf(sizes[Array.IndexOf(Kbps, plan[n])][n], asked + 0.05);
            plays[n] = n == 0 ? done : Math.Max(plays[n - 1] + Length, done);
        }

        return plays[^1] - plays[0] - ((Segments - 1) * Length);
    }
}
