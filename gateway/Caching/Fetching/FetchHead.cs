using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <summary>The head of a shared fetch, announced once to everybody who waits for it.</summary>
/// <param name="Entry">The entry to read; null when the fetch failed.</param>
/// <param name="Reason">Why it is not stored.</param>
/// <param name="Status">Upstream's status; null when there was none.</param>
internal sealed record FetchHead(FetchEnding Ending, CacheEntry? Entry, PassReason Reason, int? Status, OriginFailure? Failure = null)
{
    /// <summary>Requests sent upstream for it.</summary>
    public int Tries { get; init; } = 1;
}
