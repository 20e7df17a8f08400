namespace Gateway.Caching.Eviction;

/// <summary>How full the memory is: the larger of the cache's share of its budget and the process's share of its limit. The number is the gauge's value.</summary>
internal enum CachePressure
{
    Normal = 0,

    /// <summary>Above the high watermark: what is past its retention goes.</summary>
    High = 1,

    /// <summary>Above the critical watermark: retention protects no more, nothing is fetched ahead, nothing large is admitted.</summary>
    Critical = 2,
}
