namespace Gateway.Load.Targets;

/// <summary>What may be wrong with an origin that a run starts.</summary>
internal enum OriginTrouble
{
    None,

    /// <summary>It answers 503 to everything.</summary>
    Down,

    /// <summary>It takes two seconds longer for everything.</summary>
    Slow,

    /// <summary>Every second body ends in the middle; made-up titles only.</summary>
    Lying,
}
