using OpenTelemetry.Metrics;

namespace Gateway.Telemetry.Prometheus;

/// <summary>All series of one Prometheus name. Usually one instrument; two when meters of different versions use the same name.</summary>
internal sealed class MetricFamily
{
    private readonly List<Metric> _metrics = [];

    public MetricFamily(string name, MetricKind kind, Metric first)
    {
        Name = name;
        Kind = kind;
        Help = string.IsNullOrWhiteSpace(first.Description) ? first.Name : first.Description;
        Unit = SeriesName.Unit(first.Unit ?? "", kind == MetricKind.Gauge);
        _metrics.Add(first);
    }

    /// <summary>Without <c>_total</c>.</summary>
    public string Name { get; }

    public MetricKind Kind { get; }

    /// <summary>The instrument's description; its own name where it has none, since a scraper's linter asks for a text.</summary>
    public string Help { get; }

    public string Unit { get; }

    public IReadOnlyList<Metric> Metrics => _metrics;

    /// <summary>
    /// Whether the instrument's series may stand below the same HELP and TYPE. One of another type may not: the reader would refuse the
    /// whole scrape, so it is left out.
    /// </summary>
    public bool TryAdd(Metric metric, MetricKind kind)
    {
        if (kind != Kind) return false;
        _metrics.Add(metric);
        return true;
    }
}
