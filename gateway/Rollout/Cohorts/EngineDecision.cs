namespace Gateway.Rollout.Cohorts;

/// <summary>The engine that a new session is given, and on which side of the comparison that puts it.</summary>
/// <param name="Engine">Recommended to a player that names none.</param>
/// <param name="Arm">By rule or by lot.</param>
/// <param name="Wave">The wave under which it was drawn; 0 without a lot.</param>
internal readonly record struct EngineDecision(PlaybackEngine Engine, RolloutArm Arm, int Wave)
{
    public static EngineDecision Fixed(PlaybackEngine engine) => new(engine, RolloutArm.ByRule, 0);
}
