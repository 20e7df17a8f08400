using System.Diagnostics.Metrics;
using Gateway.Caching.Eviction;
using Gateway.Hosting;

namespace Gateway.Caching;

/// <summary>
/// Instruments of the cache. <c>gateway_cache_bytes</c>, <c>gateway_cache_limit_bytes</c>, <c>gateway_cache_entries</c>, <c>gateway_cache_pressure</c> are read off the
/// live counters at each scrape; reading them takes no lock. So is <c>gateway_cache_requests_total</c>: each hit counts, and an instrument of its own would cost it a search for its labels. Evictions are counted beside their instrument as
/// well, for <c>GET /admin/cache</c>.
/// </summary>
internal sealed class CacheMetrics : IDisposable
{
    public const string MeterName = "Gateway.Caching";

    private static readonly string[] ResultLabels = ["hit", "stale", "stale_if_error", "revalidated", "joined", "filled", "passed", "failed", "not_held"];
    private static readonly string[] ReasonLabels = ["expired", "capacity", "high_pressure", "critical_pressure", "purged"];

    private readonly Meter _meter;
    private readonly Counter<long> _evictions;
    private readonly Counter<long> _collapsed;
    private readonly StripedCounts _requests = new(ResultLabels.Length);
    private readonly long[] _evictionCounts = new long[ReasonLabels.Length];

    public CacheMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableCounter("gateway.cache.requests", MeasureRequests, "{request}", "Requests to the cache by what became of them.");
        _evictions = _meter.CreateCounter<long>("gateway.cache.evictions", "{entry}", "Entries that went, by reason.");
        _collapsed = _meter.CreateCounter<long>("gateway.cache.collapsed", "{request}", "Requests that shared the fetch of another one.");

        // Each series starts at zero, so that its first count is an increase to Prometheus and not a new series.
        _collapsed.Add(0);
        foreach (var reason in Enum.GetValues<EvictionReason>()) _evictions.Add(0, Tag(reason));
    }

    public void Watch(MemoryBudget budget, Func<int> entries)
    {
        _meter.CreateObservableGauge("gateway.cache", () => budget.Used, "By", "Bytes held by the cache.");
        _meter.CreateObservableGauge("gateway.cache.limit", () => budget.Limit, "By", "Bytes that the cache may hold.");
        _meter.CreateObservableGauge("gateway.cache.entries", entries, "{entry}", "Objects held by the cache.");
        _meter.CreateObservableGauge("gateway.cache.pressure", () => (int)budget.Pressure, description: "0 normal, 1 high, 2 critical.");
    }

    public void Answered(CacheResult result) => _requests.Add((int)result, 1);

    public void Collapsed() => _collapsed.Add(1);

    public void Evicted(EvictionReason reason)
    {
        Interlocked.Increment(ref _evictionCounts[(int)reason]);
        _evictions.Add(1, Tag(reason));
    }

    public Dictionary<string, long> Requests() => Counts(ResultLabels, result => _requests[result]);

    public Dictionary<string, long> Evictions() => Counts(ReasonLabels, reason => Interlocked.Read(ref _evictionCounts[reason]));

    public static string Label(CacheResult result) => ResultLabels[(int)result];

    public static string Label(EvictionReason reason) => ReasonLabels[(int)reason];

    private static KeyValuePair<string, object?> Tag(EvictionReason reason) => new("reason", Label(reason));

    internal bool Owns(Instrument instrument) => instrument.Meter == _meter;

    public void Dispose() => _meter.Dispose();

    private Measurement<long>[] MeasureRequests()
    {
        var measured = new Measurement<long>[ResultLabels.Length];
        for (var result = 0; result < measured.Length; result++) measured[result] = new Measurement<long>(_requests[result], new KeyValuePair<string, object?>("result", ResultLabels[result]));
        return measured;
    }

    private static Dictionary<string, long> Counts(string[] labels, Func<int, long> countOf)
    {
        var all = new Dictionary<string, long>(labels.Length, StringComparer.Ordinal);
        for (var i = 0; i < labels.Length; i++) all[labels[i]] = countOf(i);
        return all;
    }
}
