namespace Gateway.Caching.Eviction;

/// <summary>How full the memory is: the larger of the cache's share of its budget and the process's share of its limit. The number is the gauge's value.</summary>
internal enum CachePressure
{
    Normal = 0,

    /// <summary>Above the high watermark: entries past their retention are evicted.</summary>
    High = 1,

    /// <summary>Above the critical watermark: retention protects no more, nothing is prefetched, nothing large is admitted.</summary>
    Critical = 2,
}
