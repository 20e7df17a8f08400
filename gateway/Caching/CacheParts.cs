using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Outages;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>What every part of the cache works with: options, clock, budget, pool, metrics.</summary>
internal sealed class CacheParts(CacheOptions options, FetchUpstream fetch, TimeProvider clock, CacheMetrics metrics, ILogger log)
{
    private readonly long _opened = clock.GetTimestamp();
    private long _unusedBytes;

    public CacheOptions Options { get; } = options;

    public FetchUpstream Fetch { get; } = fetch;

    public TimeProvider Clock { get; } = clock;

    public CacheMetrics Metrics { get; } = metrics;

    public ILogger Log { get; } = log;

    public required MemoryBudget Budget { get; init; }

    public required BodyBlockPool Pool { get; init; }

    public LingeringFetches Lingering { get; } = new(options, clock);

    /// <summary>Requests to the trimmer.</summary>
    public required TrimRequests Trims { get; init; }

    /// <summary>Asks for space for this many bytes, and waits until that was tried: <see cref="TrimRequests.AskAsync"/>; a test puts its own here.</summary>
    public required Func<long, Task> MakeSpace { get; init; }

    public PrefetchEnded? Ended { get; init; }

    /// <summary>The tier below the memory; null when there is none.</summary>
    public DiskTier? Disk { get; init; }

    /// <summary>Requests that wait for an origin that is away; null where none is to wait.</summary>
    public OriginOutages? Outages { get; init; }

    /// <summary>Bytes that were prefetched and are held, and have had no demand so far.</summary>
    public long UnusedBytes => Interlocked.Read(ref _unusedBytes);

    public void AddUnused(long bytes) => Interlocked.Add(ref _unusedBytes, bytes);

    /// <summary>Ends a prefetched entry's wait for its first demand; only the call that ended it reports the ending.</summary>
    public bool EndWait(CacheEntry entry, PrefetchEnding ending)
    {
        if (!entry.TryEndWait(out var landed)) return false;
        AddUnused(-landed);
        Ended?.Invoke(ending, entry.Body.Available);
        return true;
    }

    /// <summary>Monotonic time since the cache was opened. A wall clock that is set anew must not change the age of entries.</summary>
    public TimeSpan Now => Clock.GetElapsedTime(_opened);
}
