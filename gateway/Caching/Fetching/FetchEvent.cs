namespace Gateway.Caching.Fetching;

/// <summary>What happens to a <see cref="SharedFetch"/>.</summary>
internal enum FetchEvent
{
    /// <summary>The answer may be kept, and stands on its shelf.</summary>
    Kept,

    /// <summary>The same, but a part was asked for and a much larger whole came.</summary>
    KeptWhileRead,

    /// <summary>The answer is not kept, and those who wait may have it.</summary>
    Shared,

    /// <summary>The answer is for the one who started the fetch.</summary>
    Passed,

    /// <summary>A body of unknown length turned out to be larger than what is kept.</summary>
    Outgrown,

    /// <summary>Nobody reads, waits, or wants it otherwise.</summary>
    Deserted,

    /// <summary>The end: the whole body, a break, no answer, or an answer without a body of its own.</summary>
    Over,
}
