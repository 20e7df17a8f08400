using Gateway.Load.Pacing;

namespace Gateway.Load.Qoe;

/// <summary>Sums results up. Sums are over sessions, not means of ratios; intervals come from drawing whole traces, because sessions of one trace are alike.</summary>
internal static class QoeTable
{
    /// <summary>Part of the player's rate that the optimum keeps.</summary>
    public const double Kept = 0.95;

    private const int Draws = 1000;

    /// <summary>A group whose players alone stall less than that an hour is not compared by a ratio.</summary>
    private const double LeastSecondsPerHour = 2;

    /// <param name="kind">The player.</param>
    /// <param name="segmentSeconds">Of the film.</param>
    /// <param name="arm">Which; -1 = the player alone.</param>
    /// <param name="name">Of the arm.</param>
    /// <param name="isAuto">Of the arm.</param>
    /// <param name="results">Of all sessions, or of those of a group.</param>
    /// <param name="set">The group; empty for all.</param>
    public static QoeRow Row(QoePlayer kind, double segmentSeconds, int arm, string name, bool isAuto, IReadOnlyList<QoeResult> results, string set = "")
    {
        var outcomes = results.SelectMany(r => arm < 0 ? r.Alone : r.Arms[arm]).ToArray();
        var alone = results.SelectMany(static r => r.Alone).ToArray();
        var floor = results.SelectMany(static r => r.Floor).Sum(static o => o.StallSeconds);
        var optimum = results.SelectMany(static r => r.Optimum).Sum();
        var hours = outcomes.Sum(static o => o.PlayedSeconds) / 3600;
        var stall = outcomes.Sum(static o => o.StallSeconds);
        var shares = outcomes.Zip(alone, static (o, a) => a.Kbps > 0 ? o.Kbps / a.Kbps : 1).Order().ToArray();
        var startups = outcomes.Select(static o => o.StartupSeconds).Order().ToArray();
        var (low, high) = Interval(results, arm);
        var row = new QoeRow
        {
            Rule = kind.Name,
            SegmentSeconds = segmentSeconds,
            Levers = name,
            Auto = isAuto,
            Set = set,
            Traces = results.Select(static r => r.Session.Trace.Name).Distinct(StringComparer.Ordinal).Count(),
            Sessions = outcomes.Length,
            Hours = hours,
            MeanKbps = outcomes.Average(static o => o.Kbps),
            StallSecondsPerHour = stall / hours,
            FloorStallSecondsPerHour = floor / hours,
            OptimumStallSecondsPerHour = optimum / hours,
            AvoidableStallSecondsPerHour = (stall - optimum) / hours,
            SwitchesPerHour = outcomes.Sum(static o => o.Switches) / hours,
            StartupP50Ms = startups[startups.Length / 2] * 1000,
            QoeLin = outcomes.Average(static o => o.Qoe),
            RestartsPerHour = outcomes.Sum(static o => o.Restarts) / hours,
            Factor = Factor(results, arm),
            FactorLow = low,
            FactorHigh = high,
            BitrateFactor = outcomes.Sum(static o => o.Kbps) / alone.Sum(static o => o.Kbps),
            BelowNinetyPercent = shares.Count(static s => s < 0.9) / (double)shares.Length,
            WorstBitrateFactor = shares[shares.Length / 100],
        };
        if (set.Length > 0) return row;
        var worst = results.GroupBy(static r => r.Session.Set, StringComparer.Ordinal)
            .Select(g => (Set: g.Key, Alone: g.Sum(static r => Stalls(r.Alone)), Arm: g.Sum(r => Stalls(arm < 0 ? r.Alone : r.Arms[arm])), Hours: g.Sum(static r => r.Alone.Sum(static o => o.PlayedSeconds)) / 3600))
            .Select(static g => (g.Set, Factor: (g.Arm + (LeastSecondsPerHour * g.Hours)) / (g.Alone + (LeastSecondsPerHour * g.Hours))))
            .MaxBy(static g => g.Factor);
        return row with { WorstSet = worst.Set, WorstSetFactor = worst.Factor };
    }

    private static double Stalls(QoeOutcome[] outcomes) => outcomes.Sum(static o => o.StallSeconds);

    /// <summary>
    /// Stall time above the optimum. Who plays at less than the rate that the optimum keeps is not compared with it but with nothing below it: stalls that were bought with
    /// bitrate are no gain.
    /// </summary>
    private static double Avoidable(QoeResult result, int arm)
    {
        var sum = 0.0;
        for (var v = 0; v < result.Alone.Length; v++)
        {
            var outcome = arm < 0 ? result.Alone[v] : result.Arms[arm][v];
            var above = outcome.StallSeconds - result.Optimum[v];
            sum += outcome.Kbps < result.Alone[v].Kbps * Kept ? Math.Max(above, 0) : above;
        }

        return sum;
    }

    private static double? Factor(IReadOnlyList<QoeResult> results, int arm)
    {
        var without = results.Sum(static r => Avoidable(r, -1));
        return without > 1e-9 ? results.Sum(r => Avoidable(r, arm)) / without : null;
    }

    private static (double? Low, double? High) Interval(IReadOnlyList<QoeResult> results, int arm)
    {
        var traces = results.GroupBy(static r => r.Session.Trace.Name, StringComparer.Ordinal)
            .Select(g => (With: g.Sum(r => Avoidable(r, arm)), Without: g.Sum(static r => Avoidable(r, -1))))
            .ToArray();
        var dice = new SeededRandom(7);
        var factors = new List<double>(Draws);
        for (var draw = 0; draw < Draws; draw++)
        {
            var (with, without) = (0.0, 0.0);
            for (var i = 0; i < traces.Length; i++)
            {
                var trace = traces[dice.Next(0, traces.Length)];
                with += trace.With;
                without += trace.Without;
            }

            if (without > 1e-9) factors.Add(with / without);
        }

        if (factors.Count < Draws / 2) return (null, null);
        factors.Sort();
        return (factors[factors.Count / 20], factors[factors.Count * 19 / 20]);
    }
}
