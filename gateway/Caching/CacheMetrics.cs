using System.Diagnostics.Metrics;

namespace Gateway.Caching;

/// <summary>
/// Instruments of the cache. <c>gateway_cache_bytes</c>, <c>gateway_cache_limit_bytes</c>, <c>gateway_cache_entries</c>, <c>gateway_cache_pressure</c> are read off the
/// living counters when somebody scrapes; reading them takes no lock.
/// </summary>
internal sealed class CacheMetrics : IDisposable
{
    public const string MeterName = "Gateway.Caching";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _evictions;
    private readonly Counter<long> _collapsed;

    public CacheMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _requests = _meter.CreateCounter<long>("gateway.cache.requests", "{request}", "Requests to the cache by what became of them.");
        _evictions = _meter.CreateCounter<long>("gateway.cache.evictions", "{entry}", "Entries that went, by reason.");
        _collapsed = _meter.CreateCounter<long>("gateway.cache.collapsed", "{request}", "Requests that shared the fetch of another one.");
    }

    public void Watch(Func<long> bytes, long limit, Func<long> entries, Func<CachePressure> pressure)
    {
        _meter.CreateObservableGauge("gateway.cache", bytes, "By", "Bytes held by the cache.");
        _meter.CreateObservableGauge("gateway.cache.limit", () => limit, "By", "Bytes that the cache may hold.");
        _meter.CreateObservableGauge("gateway.cache.entries", entries, "{entry}", "Objects held by the cache.");
        _meter.CreateObservableGauge("gateway.cache.pressure", () => (int)pressure(), description: "0 normal, 1 high, 2 critical.");
    }

    public void Answered(CacheResult result)
    {
        if (_requests.Enabled) _requests.Add(1, new KeyValuePair<string, object?>("result", Word(result)));
    }

    public void Collapsed() => _collapsed.Add(1);

    public void Evicted(EvictionReason reason, long count = 1)
    {
        if (count > 0) _evictions.Add(count, new KeyValuePair<string, object?>("reason", Word(reason)));
    }

    internal bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    public static string Word(CacheResult result) => result switch
    {
        CacheResult.Hit => "hit",
        CacheResult.Stale => "stale",
        CacheResult.StaleIfError => "stale_if_error",
        CacheResult.Revalidated => "revalidated",
        CacheResult.Joined => "joined",
        CacheResult.Filled => "filled",
        CacheResult.Passed => "passed",
        CacheResult.NotHeld => "not_held",
        _ => "failed",
    };

    public static string Word(EvictionReason reason) => reason switch
    {
        EvictionReason.Expired => "expired",
        EvictionReason.Capacity => "capacity",
        EvictionReason.HighPressure => "high_pressure",
        EvictionReason.CriticalPressure => "critical_pressure",
        _ => "purged",
    };
}
