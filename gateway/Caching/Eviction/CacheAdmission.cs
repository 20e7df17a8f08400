using Gateway.Caching.Fetching;
using Gateway.Caching.Store;

namespace Gateway.Caching.Eviction;

/// <summary>Decides whether a body gets space in the cache, and reserves it. It refuses before it lets the hot set be evicted: a body that does not fit streams through.</summary>
internal static class CacheAdmission
{
    /// <summary>Bound of the wait for space. A trimming pass takes milliseconds; a client does not wait longer for space than for a slow upstream.</summary>
    private static readonly TimeSpan MostWaitForSpace = TimeSpan.FromSeconds(1);

    /// <summary>Lays the body out as a stored one; <see cref="PassReason.None"/> when that was done.</summary>
    /// <param name="ahead">Prefetched, without a demand so far.</param>
    public static async ValueTask<PassReason> AdmitAsync(CacheParts parts, CacheRequest request, MediaBody body, long? length, bool ahead)
    {
        var budget = parts.Budget;
        // One object never takes more than a quarter: two of them at once would evict everything else.
        var most = Math.Min(request.Rules.MaxBytes ?? parts.Options.MaxObjectBytes, budget.Limit / 4);
        if (length > most) return PassReason.TooLarge;
        var turnedAway = ahead || length > parts.Options.LargeObjectBytes;
        if (budget.Pressure == CachePressure.Critical && turnedAway) return PassReason.NoSpace;
        if (body.TryLayKept(length, most)) return PassReason.None;
        try
        {
            await parts.MakeSpace(BodyBlocks.SpaceFor(length.GetValueOrDefault()) + CacheEntry.Overhead).WaitAsync(MostWaitForSpace, parts.Clock);
        }
        catch (TimeoutException)
        {
            // No space came in time.
        }

        return body.TryLayKept(length, most) ? PassReason.None : PassReason.NoSpace;
    }

    /// <summary>
    /// Lays out a body that is not stored but shared by those who wait for it. A small one is laid out whole, so that no reader holds up another; others as a
    /// window.
    /// </summary>
    public static void Share(CacheParts parts, MediaBody body, long? length)
    {
        var most = parts.Options.LargeObjectBytes;
        if (length > most || !body.TryLayKept(length, most)) body.LayWindow(length);
    }
}
