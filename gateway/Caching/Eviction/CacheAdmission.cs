using Gateway.Caching.Fetching;
using Gateway.Caching.Store;

namespace Gateway.Caching.Eviction;

/// <summary>Whether a body gets room in the cache, and the room. Refuses before it lets the hot set be evicted: what does not fit streams through.</summary>
internal static class CacheAdmission
{
    /// <summary>A trimming pass takes milliseconds. A client does not wait longer for room than for a slow upstream.</summary>
    private static readonly TimeSpan MostWaitForSpace = TimeSpan.FromSeconds(1);

    /// <summary>Lays the body out as a kept one; <see cref="PassReason.None"/> when that was done.</summary>
    /// <param name="ahead">Fetched ahead, and no client has asked for it so far.</param>
    public static async ValueTask<PassReason> AdmitAsync(CacheParts parts, CacheRequest request, MediaBody body, long? length, bool ahead)
    {
        var budget = parts.Budget;
        // One object never takes more than a quarter: two of them on their way would push out everything else.
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
            // Then there is none.
        }

        return body.TryLayKept(length, most) ? PassReason.None : PassReason.NoSpace;
    }

    /// <summary>
    /// Lays out a body that is not kept but shared by those who wait for it. Small ones are laid out whole, so that no reader holds up another; a window where that
    /// cannot be.
    /// </summary>
    public static void Share(CacheParts parts, MediaBody body, long? length)
    {
        var most = parts.Options.LargeObjectBytes;
        if (length > most || !body.TryLayKept(length, most)) body.LayWindow(length);
    }
}
