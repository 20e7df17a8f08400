namespace Gateway.Rollout.Judging;

/// <summary>Whether the arms have the sessions that they should have.</summary>
/// <param name="Treatment">Judged sessions of the wave.</param>
/// <param name="Control">Of control.</param>
/// <param name="Planned">The wave's planned share.</param>
/// <param name="LogEvidence">Natural logarithm of the evidence against it.</param>
/// <param name="LogLimit">From here on it is called wrong.</param>
/// <param name="Text">The same for people.</param>
internal sealed record SampleRatioOutcome(long Treatment, long Control, double Planned, double LogEvidence, double LogLimit, string Text)
{
    public bool IsKept => LogEvidence < LogLimit;
}
