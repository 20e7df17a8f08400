using OpenTelemetry.Metrics;

namespace Gateway.Telemetry.Prometheus;

/// <summary>
/// The instruments of a scrape, grouped by Prometheus name and sorted by it. Names are worked out again only when the set of instruments
/// has changed, which after the first minutes it does not.
/// </summary>
/// <remarks>Not thread-safe; used under the exporter's gate.</remarks>
internal sealed class MetricFamilies
{
    private readonly List<Metric> _known = [];
    private readonly List<Metric> _current = [];
    private MetricFamily[] _sorted = [];

    public ReadOnlySpan<MetricFamily> Of(in OpenTelemetry.Batch<Metric> batch)
    {
        _current.Clear();
        foreach (var metric in batch) _current.Add(metric);
        if (IsKnown()) return _sorted;
        _known.Clear();
        _known.AddRange(_current);
        _sorted = Group();
        return _sorted;
    }

    private bool IsKnown()
    {
        if (_known.Count != _current.Count) return false;
        for (var i = 0; i < _known.Count; i++)
        {
            if (!ReferenceEquals(_known[i], _current[i])) return false;
        }

        return true;
    }

    private MetricFamily[] Group()
    {
        var byName = new SortedDictionary<string, MetricFamily>(StringComparer.Ordinal);
        foreach (var metric in _known)
        {
            var kind = KindOf(metric.MetricType);
            if (kind == MetricKind.None) continue;
            var name = SeriesName.Family(metric.Name, metric.Unit ?? "", kind == MetricKind.Gauge);
            if (byName.TryGetValue(name, out var family)) family.TryAdd(metric, kind);
            else byName.Add(name, new MetricFamily(name, kind, metric));
        }

        return [.. byName.Values];
    }

    private static MetricKind KindOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => MetricKind.Counter,
        MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => MetricKind.Gauge,
        MetricType.Histogram => MetricKind.Histogram,
        _ => MetricKind.None,
    };
}
