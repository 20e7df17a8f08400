using OpenTelemetry.Metrics;

namespace Gateway.Telemetry.Prometheus;

/// <summary>Writes the series of one histogram point: cumulative buckets, sum, count, and in OpenMetrics an exemplar behind its bucket.</summary>
internal static class HistogramSeries
{
    public static void Write(ExpositionWriter writer, string family, ReadOnlySpan<byte> labels, ref readonly MetricPoint point, bool exemplars)
    {
        var known = default(ReadOnlyExemplarCollection);
        exemplars = exemplars && point.TryGetExemplars(out known);
        long cumulative = 0;
        var lower = double.NegativeInfinity;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            writer.Name(family).Raw("_bucket{"u8).Raw(labels);
            if (labels.Length > 0) writer.Raw(","u8);
            writer.Raw("le=\""u8).Bound(bucket.ExplicitBound).Raw("\"} "u8).Number(cumulative);
            if (exemplars) WriteExemplar(writer, known, lower, bucket.ExplicitBound);
            writer.Raw("\n"u8);
            lower = bucket.ExplicitBound;
        }

        Series(writer, family, "_sum"u8, labels).Number(point.GetHistogramSum()).Raw("\n"u8);

        // The sum of the buckets and not the point's own count: the two are read a moment apart, and readers insist that +Inf equals _count.
        Series(writer, family, "_count"u8, labels).Number(cumulative).Raw("\n"u8);
    }

    private static ExpositionWriter Series(ExpositionWriter writer, string family, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels)
    {
        writer.Name(family).Raw(suffix);
        if (labels.Length > 0) writer.Raw("{"u8).Raw(labels).Raw("}"u8);
        return writer.Raw(" "u8);
    }

    /// <summary>
    /// The exemplar that fell into the bucket, with the ids that lead to its trace. Its other tags are left out: they may be anything, and
    /// OpenMetrics allows an exemplar 128 characters in all.
    /// </summary>
    private static void WriteExemplar(ExpositionWriter writer, ReadOnlyExemplarCollection exemplars, double above, double upTo)
    {
        foreach (ref readonly var exemplar in exemplars)
        {
            var value = exemplar.DoubleValue;
            if (exemplar.TraceId == default || value <= above || value > upTo) continue;
            writer.Raw(" # {trace_id=\""u8).Name(exemplar.TraceId.ToHexString());
            writer.Raw("\",span_id=\""u8).Name(exemplar.SpanId.ToHexString()).Raw("\"} "u8);
            writer.Number(value).Raw(" "u8).UnixSeconds(exemplar.Timestamp);
            return;
        }
    }
}
