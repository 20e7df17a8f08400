namespace Gateway.Caching.Fetching;

/// <summary>Outcome of a prefetch, as the cache sees it.</summary>
internal enum PrefetchEnding
{
    /// <summary>A client requested the object.</summary>
    Used,

    /// <summary>The object was removed before a client requested it.</summary>
    Wasted,

    /// <summary>The fetch failed, broke off, took too long, or brought nothing that may be stored.</summary>
    Failed,

    /// <summary>The fetch was cancelled while under way: its session moved elsewhere, or memory was short.</summary>
    GivenUp,
}
