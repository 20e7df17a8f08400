using Gateway.Adaptation;
using Gateway.Caching;

namespace Gateway.Prefetch;

/// <summary>A player's request for media.</summary>
/// <param name="Wanted">What was asked.</param>
/// <param name="Bytes">Its length, where that is known.</param>
/// <param name="Report">What the player said with it.</param>
internal sealed record PlayerRequest(CacheRequest Wanted, long? Bytes, CmcdReport? Report);
