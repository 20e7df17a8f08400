using Gateway.Adaptation;
using Gateway.Caching;

namespace Gateway.Prefetch;

/// <summary>A player's request for media.</summary>
/// <param name="Wanted">The requested object.</param>
/// <param name="Bytes">Its length, where that is known.</param>
/// <param name="Report">The request's CMCD.</param>
internal sealed record PlayerRequest(CacheRequest Wanted, long? Bytes, CmcdReport? Report);
