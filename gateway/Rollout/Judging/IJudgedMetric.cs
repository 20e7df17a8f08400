namespace Gateway.Rollout.Judging;

/// <summary>One metric of the judge: its evidence of harm, and its bound of it.</summary>
internal interface IJudgedMetric
{
    /// <summary>Whether the evidence of harm has reached 1/α and the harm is no trifle.</summary>
    bool IsReverting(JudgeState state, bool isShareKept);

    /// <summary>All of it, for people.</summary>
    MetricEvidence Judge(JudgeState state, bool isShareKept);
}
