namespace Gateway.Problems;

/// <summary>What a failure means for a player that is starting.</summary>
internal enum HintState
{
    /// <summary>The same request will succeed by itself; ask again after the time given.</summary>
    Waiting,

    /// <summary>The request will not succeed before the credential or its rights change.</summary>
    Blocked,

    /// <summary>The request will not succeed at all.</summary>
    Failed,
}
