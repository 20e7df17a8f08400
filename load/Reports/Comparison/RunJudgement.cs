using Gateway.Rollout.Judging;

namespace Gateway.Load.Reports.Comparison;

/// <summary>
/// Two runs before the judge of a roll-out: A is its control and B its wave. It asks whether B does harm in any one respect, where the quality of experience weighs all of them against each other. Both
/// sets of players are there from the start, so their arms are drawn without replacement; an e-value of independent draws holds for those as well (Hoeffding, JASA 1963, Theorem 4).
/// </summary>
internal static class RunJudgement
{
    // Half of it goes to the first wave, so a harmless B is called harmful in at most 2.5 % of comparisons.
    private const double Alpha = 0.05;

    /// <returns>Null when one run has so many more players than the other that nothing can be compared.</returns>
    public static Gateway.Rollout.Judging.Verdict? Of(IReadOnlyList<PlayerRow> a, IReadOnlyList<PlayerRow> b)
    {
        var share = (double)b.Count / (a.Count + b.Count);
        if (!(share >= JudgePlan.SmallestShare && share <= 1 - JudgePlan.SmallestShare)) return null;
        var state = new JudgeState(wave: 1);
        foreach (var row in a) state.Add(Outcome(row, Arm.Control));
        foreach (var row in b) state.Add(Outcome(row, Arm.Treatment));
        return Judge.Of(new JudgePlan { Share = share, Alpha = Alpha }, state);
    }

    private static SessionOutcome Outcome(PlayerRow row, Arm arm) => new()
    {
        Arm = arm,
        StartupFailed = row.Failed && row.StartUpMs is null,
        StartupMs = row.CutOff ? null : row.StartUpMs,
        // The report has no single stalls; all of a player's together are at least as long as the longest.
        LongestStallMs = row.StallMs,
        StallMs = row.StallMs,
        PlayedMs = row.PlayedMs,
    };
}
