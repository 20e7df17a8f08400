namespace Gateway.Prefetch;

/// <summary>Outcome of one prefetched segment; the lower-case name is a metric label.</summary>
internal enum PrefetchOutcome
{
    /// <summary>A client requested it.</summary>
    Used,

    /// <summary>It was removed from the cache before a client requested it.</summary>
    Wasted,

    /// <summary>Upstream did not give it, or not in time.</summary>
    Failed,

    /// <summary>It was not fetched, or not to its end: too much waiting already, memory under pressure, or the viewer went elsewhere first.</summary>
    Dropped,
}
