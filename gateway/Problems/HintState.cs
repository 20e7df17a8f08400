namespace Gateway.Problems;

/// <summary>What a client that wants to start playing should make of a failure.</summary>
internal enum HintState
{
    /// <summary>The same request will succeed by itself; ask again after the time given.</summary>
    Waiting,

    /// <summary>Not before somebody changes credential or rights.</summary>
    Blocked,

    /// <summary>Not at all.</summary>
    Failed,
}
