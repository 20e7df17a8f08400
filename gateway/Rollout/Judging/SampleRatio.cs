namespace Gateway.Rollout.Judging;

/// <summary>
/// Whether sessions come to the arms in the planned share: a beta-binomial mixture around it, two-sided, to be looked at after each session (Lindon and Malek, "Anytime-valid inference for
/// multinomial count data", NeurIPS 2022). Where they do not, sessions are lost or doubled on one side, or dealt otherwise than told, and no comparison that rests on the share can be believed.
/// </summary>
internal static class SampleRatio
{
    private const double Strength = 100;

    /// <summary>Logarithm of the evidence against the share.</summary>
    public static double LogEvidence(long treatment, long control, double share) =>
        BetaFunction.LogBeta((Strength * share) + treatment, (Strength * (1 - share)) + control)
        - BetaFunction.LogBeta(Strength * share, Strength * (1 - share))
        - (treatment * Math.Log(share)) - (control * Math.Log(1 - share));
}
