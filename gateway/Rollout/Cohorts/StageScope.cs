namespace Gateway.Rollout.Cohorts;

/// <summary>Whom a stage reaches.</summary>
/// <param name="Name">As operators read it.</param>
/// <param name="Share">Share of the eligible users, 0 to 1.</param>
/// <param name="Sources">Which sources are eligible.</param>
internal readonly record struct StageScope(string Name, double Share, StageSources Sources)
{
    /// <summary>The last stage.</summary>
    public const int Highest = 4;

    public static StageScope Of(int stage, RolloutOptions options) => stage switch
    {
        0 => new StageScope("developers", 0, StageSources.None),
        1 => new StageScope("local library", options.LocalShare, StageSources.Local),
        2 => new StageScope("limited cohort", options.LimitedShare, StageSources.Listed),
        3 => new StageScope("broad cohort", options.BroadShare, StageSources.All),
        _ => new StageScope("everybody", 1, StageSources.All),
    };
}
