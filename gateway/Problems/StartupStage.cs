namespace Gateway.Problems;

/// <summary>How far a player had come when its start failed; follows the route.</summary>
internal enum StartupStage
{
    /// <summary>Not one of the routes by which playing starts: no hint.</summary>
    None,

    SessionCreate,
    Manifest,

    /// <summary>Media segments, init segments, keys.</summary>
    Segment,
}
