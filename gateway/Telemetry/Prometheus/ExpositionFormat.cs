namespace Gateway.Telemetry.Prometheus;

/// <summary>The two text formats that Prometheus asks for.</summary>
internal enum ExpositionFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0: ends with <c># EOF</c>, knows units and exemplars.</summary>
    OpenMetrics,
}
