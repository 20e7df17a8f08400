namespace Gateway.Caching.Eviction;

/// <summary>Why an entry was removed; the snake-case name is a metric label as well.</summary>
internal enum EvictionReason
{
    /// <summary>Stale for longer than it is kept for revalidation, or prefetched and never demanded.</summary>
    Expired,

    /// <summary>Removed to make space for a body that did not fit.</summary>
    Capacity,

    HighPressure,

    CriticalPressure,

    /// <summary>Purged by an operator, or invalidated by an unsafe request.</summary>
    Purged,
}
