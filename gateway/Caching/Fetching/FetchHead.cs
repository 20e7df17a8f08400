using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <summary>What everybody who waits for a shared fetch learns, once.</summary>
/// <param name="Entry">What they read; null when the fetch failed.</param>
/// <param name="Reason">Why it is not kept.</param>
/// <param name="Status">Upstream's status; null when there was none.</param>
internal sealed record FetchHead(FetchEnding Ending, CacheEntry? Entry, PassReason Reason, int? Status, OriginFailure? Failure = null)
{
    /// <summary>How often upstream was asked before this came of it.</summary>
    public int Tries { get; init; } = 1;
}
