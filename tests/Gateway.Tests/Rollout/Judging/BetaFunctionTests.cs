using FsCheck;
using FsCheck.Fluent;
using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

public sealed class BetaFunctionTests
{
    [Theory]
    [InlineData(0.5, 0.57236494292470008)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(10, 12.801827480081469)]
    [InlineData(100, 359.13420536957540)]
    [InlineData(1e6, 12815504.569147611)]
    public void LogGamma_OfKnownValues_IsWhatTablesSay(double x, double expected) => Assert.Equal(expected, BetaFunction.LogGamma(x), Math.Max(1e-12, expected * 1e-14));

    [Fact]
    public void LogUpperTail_OfWholeParameters_IsTheBinomialSum()
    {
        // P(Beta(a, b) > x) = P(Bin(a + b − 1, x) < a).
        var cases = from a in Gen.Choose(1, 60) from b in Gen.Choose(1, 60) from x in Gen.Choose(1, 99) select (a, b, x: x / 100.0);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var n = c.a + c.b - 1;
            var sum = Enumerable.Range(0, c.a).Sum(k => Math.Exp(Binomial.Log(n, k, c.x)));
            Assert.Equal(Math.Log(sum), BetaFunction.LogUpperTail(c.x, c.a, c.b), 1e-8 * Math.Max(1, Math.Abs(Math.Log(sum))));
        }).Check(Dice.Config(500));
    }

    [Theory]
    [InlineData(0.5, 1e7, 1)]
    [InlineData(0.5, 1, 1e7)]
    [InlineData(0.01, 1e7, 1e7)]
    [InlineData(0.99, 1e7, 1e7)]
    [InlineData(0.5, 1e9, 1e9)]
    [InlineData(0.1, 0.1, 0.9)]
    public void LogUpperTail_AtExtremes_IsANumberOfAtMostZero(double x, double a, double b) =>
        Assert.True(BetaFunction.LogUpperTail(x, a, b) is <= 0 and > -1e9);
}
