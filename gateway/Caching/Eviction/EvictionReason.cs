namespace Gateway.Caching.Eviction;

/// <summary>Why an entry went; the word is a metric label as well.</summary>
internal enum EvictionReason
{
    /// <summary>Stale for so long that nobody would revalidate it, or fetched ahead and never asked for.</summary>
    Expired,

    /// <summary>To make room for a body that did not fit.</summary>
    Capacity,

    HighPressure,

    CriticalPressure,

    /// <summary>By an operator, or invalidated by an unsafe request.</summary>
    Purged,
}
