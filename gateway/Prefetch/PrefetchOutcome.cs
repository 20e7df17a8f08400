namespace Gateway.Prefetch;

/// <summary>What became of one segment fetched ahead; the lower-case word is a metric label.</summary>
internal enum PrefetchOutcome
{
    /// <summary>A viewer asked for it.</summary>
    Used,

    /// <summary>It left the cache before anybody asked.</summary>
    Wasted,

    /// <summary>Upstream did not give it, or not in time.</summary>
    Failed,

    /// <summary>It was not fetched, or not to its end: too much waiting already, memory under pressure, or the viewer went elsewhere first.</summary>
    Dropped,
}
