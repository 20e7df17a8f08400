using Gateway.Caching.Eviction;

namespace Gateway.Caching;

/// <summary>Figures of one moment, for an operator.</summary>
/// <param name="Bytes">Held in the budget.</param>
/// <param name="LimitBytes">The budget.</param>
/// <param name="Entries">Objects held or on their way.</param>
/// <param name="Fetches">Fetches under way.</param>
/// <param name="LentBytes">Bytes of blocks in use, windows of streams that are not stored included.</param>
/// <param name="IdleBytes">Bytes of free blocks in the pool.</param>
/// <param name="Requests">Requests since the start, by the label of their result.</param>
/// <param name="Evictions">Entries removed since the start, by the label of the reason.</param>
internal sealed record CacheStatistics(
    long Bytes,
    long LimitBytes,
    int Entries,
    CachePressure Pressure,
    int Fetches,
    long LentBytes,
    long IdleBytes,
    IReadOnlyDictionary<string, long> Requests,
    IReadOnlyDictionary<string, long> Evictions);
