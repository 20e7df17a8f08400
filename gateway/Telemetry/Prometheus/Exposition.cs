using System.Buffers;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Gateway.Telemetry.Prometheus;

/// <summary>
/// Writes one whole scrape: families in the order of their names, each with its HELP, TYPE and UNIT, then its series in the order in
/// which they first appeared.
/// </summary>
/// <remarks>Not thread-safe; used under the exporter's gate.</remarks>
internal sealed class Exposition
{
    private readonly MetricFamilies _families = new();
    private readonly LabelWriter _labels = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public void Write(in OpenTelemetry.Batch<Metric> batch, Resource? resource, ExpositionFormat format, IBufferWriter<byte> output)
    {
        var writer = new ExpositionWriter(output);
        if (resource?.Attributes.Any() == true) WriteTarget(writer, resource, format);
        foreach (var family in _families.Of(batch)) WriteFamily(writer, family, format);
        if (format == ExpositionFormat.OpenMetrics) writer.Raw("# EOF\n"u8);
    }

    /// <summary>Who this process is, as one series that queries join with; not repeated on every series.</summary>
    private static void WriteTarget(ExpositionWriter writer, Resource resource, ExpositionFormat format)
    {
        var open = format == ExpositionFormat.OpenMetrics;
        writer.Raw(open ? "# HELP target Target metadata\n# TYPE target info\n"u8 : "# HELP target_info Target metadata\n# TYPE target_info gauge\n"u8);
        writer.Raw("target_info{"u8);
        var first = true;
        foreach (var (name, value) in resource.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (SeriesName.Label(a.Key), a.Value)).DistinctBy(a => a.Item1, StringComparer.Ordinal))
        {
            if (!first) writer.Raw(","u8);
            first = false;
            writer.Name(name).Raw("=\""u8).LabelValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)).Raw("\""u8);
        }

        writer.Raw("} 1\n"u8);
    }

    private void WriteFamily(ExpositionWriter writer, MetricFamily family, ExpositionFormat format)
    {
        var open = format == ExpositionFormat.OpenMetrics;

        // OpenMetrics describes the family, the older format the series: there a counter's HELP and TYPE carry _total as well.
        var suffix = !open && family.Kind == MetricKind.Counter ? "_total" : "";
        writer.Raw("# HELP "u8).Name(family.Name).Name(suffix).Raw(" "u8).Help(family.Help, format).Raw("\n"u8);
        writer.Raw("# TYPE "u8).Name(family.Name).Name(suffix).Raw(KindLabel(family.Kind));
        if (family.Unit.Length > 0) writer.Raw("# UNIT "u8).Name(family.Name).Name(suffix).Raw(" "u8).Name(family.Unit).Raw("\n"u8);

        _seen.Clear();
        foreach (var metric in family.Metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = _labels.Write(point.Tags);
                if (!IsFirst(family, labels)) continue;
                if (family.Kind == MetricKind.Histogram) HistogramSeries.Write(writer, family.Name, labels, in point, open);
                else WriteSample(writer, family, labels, metric.MetricType, in point);
            }
        }
    }

    /// <summary>
    /// Whether no series of this name and these labels was written yet. Only two instruments of one name can bring the same labels twice;
    /// for the rest the SDK has seen to it.
    /// </summary>
    private bool IsFirst(MetricFamily family, ReadOnlySpan<byte> labels) => family.Metrics.Count == 1 || _seen.Add(Encoding.UTF8.GetString(labels));

    private static void WriteSample(ExpositionWriter writer, MetricFamily family, ReadOnlySpan<byte> labels, MetricType type, ref readonly MetricPoint point)
    {
        writer.Name(family.Name);
        if (family.Kind == MetricKind.Counter) writer.Raw("_total"u8);
        if (labels.Length > 0) writer.Raw("{"u8).Raw(labels).Raw("}"u8);
        writer.Raw(" "u8);
        _ = type switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => writer.Number(point.GetSumLong()),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => writer.Number(point.GetSumDouble()),
            MetricType.LongGauge => writer.Number(point.GetGaugeLastValueLong()),
            _ => writer.Number(point.GetGaugeLastValueDouble()),
        };
        writer.Raw("\n"u8);
    }

    private static ReadOnlySpan<byte> KindLabel(MetricKind kind) => kind switch
    {
        MetricKind.Counter => " counter\n"u8,
        MetricKind.Histogram => " histogram\n"u8,
        _ => " gauge\n"u8,
    };
}
