namespace Gateway.Caching.Fetching;

/// <summary>Events of a <see cref="SharedFetch"/>.</summary>
internal enum FetchEvent
{
    /// <summary>The response may be stored, and its entry is in its slot.</summary>
    Kept,

    /// <summary>The same, but a part was requested and a much larger whole came.</summary>
    KeptWhileRead,

    /// <summary>The response is not stored, and those who wait may have it.</summary>
    Shared,

    /// <summary>The response is for the starter of the fetch.</summary>
    Passed,

    /// <summary>A body of unknown length turned out to be too large to store.</summary>
    Outgrown,

    /// <summary>No reader, waiter or prefetcher is left.</summary>
    Deserted,

    /// <summary>The end: the whole body, a break, no response, or a response without a body of its own.</summary>
    Over,
}
