namespace Gateway.Rollout.Control;

/// <summary>What is known of the present stage beside its age.</summary>
/// <param name="Breaches">Gates and metrics that speak against the next stage, in words.</param>
/// <param name="Missing">What has not been measured enough yet, in words.</param>
internal sealed record StageEvidence(IReadOnlyList<string> Breaches, IReadOnlyList<string> Missing)
{
    public static readonly StageEvidence None = new([], ["no session of this wave has been judged yet"]);

    public static readonly StageEvidence Good = new([], []);
}
