using OpenTelemetry.Metrics;

namespace Gateway.Telemetry.Samples;

/// <summary>The gateway's own metrics at one moment, as far as samples need them: gauges as they are, counters and histograms since the start.</summary>
internal sealed class MetricReading
{
    /// <summary>As in the objective of the alerts: what viewers leave, ask wrongly or mistype is no failure.</summary>
    private static readonly string[] ClientsFault = ["client_aborted", "asset_not_found", "startup_rejected", "invalid_request", "invalid_segment_name"];

    private static readonly string[] ManifestFailures = ["origin_failed", "invalid", "too_large", "truncated"];

    private static readonly string[] OriginGood = ["ok", "not_modified", "redirect", "client_error", "cancelled"];

    private readonly double[] _totals = new double[SampleRing.Figures];
    private readonly SortedDictionary<double, long> _firstByte = [];
    private readonly SortedDictionary<double, long> _originFirstByte = [];

    /// <summary>Takes an instrument in.</summary>
    public void Take(Metric metric)
    {
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            switch (metric.Name)
            {
                case "gateway.sessions.playing": Add(Figure.Playing, Value(metric, point)); break;
                case "gateway.sessions.active": Add(Figure.Held, Value(metric, point)); break;
                case "gateway.segments.served":
                    Add(Figure.Segments, Value(metric, point));
                    if (Tag(point, "source") == "origin") Add(Figure.FromOrigin, Value(metric, point));
                    break;
                case "gateway.segment.bytes": Add(Figure.OutBits, 8 * Value(metric, point)); break;
                case "gateway.segment.failures" when !ClientsFault.Contains(Tag(point, "reason")): Add(Figure.Failures, Value(metric, point)); break;
                case "gateway.manifest.requests" when ManifestFailures.Contains(Tag(point, "outcome")): Add(Figure.Failures, Value(metric, point)); break;
                case "gateway.origin.requests" when !OriginGood.Contains(Tag(point, "outcome")): Add(Figure.OriginFailures, Value(metric, point)); break;
                case "gateway.rebuffer.events": Add(Figure.Stalls, 60 * Value(metric, point)); break;
                case "gateway.cache": Add(Figure.CacheBytes, Value(metric, point)); break;
                case "gateway.cache.limit": Add(Figure.CacheLimit, Value(metric, point)); break;
                case "gateway.cache.pressure": _totals[(int)Figure.Pressure] = Math.Max(_totals[(int)Figure.Pressure], Value(metric, point)); break;
                case "gateway.segment.first_byte": AddBuckets(_firstByte, point); break;
                case "gateway.origin.first_byte" when Tag(point, "purpose") == "demand": AddBuckets(_originFirstByte, point); break;
            }
        }
    }

    /// <summary>The figures of the time between two readings.</summary>
    public void Since(MetricReading before, TimeSpan elapsed, Span<double> figures)
    {
        for (var i = 0; i < figures.Length; i++)
        {
            figures[i] = (Figure)i switch
            {
                Figure.Playing or Figure.Held or Figure.CacheBytes or Figure.CacheLimit or Figure.Pressure => _totals[i],
                Figure.FirstByte => Quantile(0.95, before._firstByte, _firstByte),
                Figure.OriginFirstByte => Quantile(0.95, before._originFirstByte, _originFirstByte),
                _ => Math.Max(0, _totals[i] - before._totals[i]) / elapsed.TotalSeconds,
            };
        }
    }

    /// <summary>Quantile of what a histogram counted between two readings, linear within a bucket as Prometheus has it; NaN when it counted nothing.</summary>
    internal static double Quantile(double share, SortedDictionary<double, long> before, SortedDictionary<double, long> after)
    {
        long total = 0;
        foreach (var (bound, count) in after) total += count - before.GetValueOrDefault(bound);
        if (total <= 0) return double.NaN;
        var rank = share * total;
        double lower = 0;
        long below = 0;
        foreach (var (bound, count) in after)
        {
            var inside = count - before.GetValueOrDefault(bound);
            if (below + inside >= rank) return double.IsPositiveInfinity(bound) ? lower : lower + ((bound - lower) * (rank - below) / Math.Max(1, inside));
            below += inside;
            lower = bound;
        }

        return lower;
    }

    private void Add(Figure figure, double value) => _totals[(int)figure] += value;

    private static void AddBuckets(SortedDictionary<double, long> buckets, MetricPoint point)
    {
        foreach (var bucket in point.GetHistogramBuckets()) buckets[bucket.ExplicitBound] = buckets.GetValueOrDefault(bucket.ExplicitBound) + bucket.BucketCount;
    }

    private static double Value(Metric metric, MetricPoint point) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        _ => 0,
    };

    private static string? Tag(MetricPoint point, string name)
    {
        foreach (var tag in point.Tags)
        {
            if (tag.Key == name) return tag.Value as string;
        }

        return null;
    }
}
