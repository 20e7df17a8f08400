using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

/// <summary>The binomial distribution, by which expectations are summed up exactly instead of simulated.</summary>
internal static class Binomial
{
    public static double Log(int n, int k, double p) =>
        BetaFunction.LogGamma(n + 1) - BetaFunction.LogGamma(k + 1) - BetaFunction.LogGamma(n - k + 1) + (k == 0 ? 0 : k * Math.Log(p)) + (n == k ? 0 : (n - k) * Math.Log(1 - p));

    /// <summary>The expectation of something that depends on the number of successes.</summary>
    public static double Expectation(int n, double p, Func<int, double> log) => Enumerable.Range(0, n + 1).Sum(k => Math.Exp(Log(n, k, p) + log(k)));
}
