namespace Gateway.Telemetry.Prometheus;

/// <summary>What the two formats tell apart of what the SDK tells apart.</summary>
internal enum MetricKind
{
    /// <summary>Has no form here: exponential histograms need the protobuf format.</summary>
    None,

    /// <summary>Only rises.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>Counted in buckets.</summary>
    Histogram,
}
