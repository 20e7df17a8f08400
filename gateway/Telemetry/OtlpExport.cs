namespace Gateway.Telemetry;

/// <summary>
/// Whether, and for which signals, the standard variables ask for export by OTLP
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). Protocol, headers, timeouts and intervals are read
/// from their variables by the exporter itself.
/// </summary>
/// <remarks>
/// The specification's default is to export to localhost. Here nothing is sent until an endpoint is named: a gateway that tries an
/// unused port every minute fills logs, and a process without tracing must not pay for it.
/// </remarks>
internal readonly record struct OtlpExport(bool Metrics, bool Traces)
{
    public static OtlpExport From(IConfiguration configuration)
    {
        if (string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)) return default;
        return new OtlpExport(Wanted(configuration, "METRICS"), Wanted(configuration, "TRACES"));
    }

    private static bool Wanted(IConfiguration configuration, string signal)
    {
        if (configuration[$"OTEL_{signal}_EXPORTER"] is { Length: > 0 } exporter && !exporter.Split(',').Any(e => e.Trim() == "otlp")) return false;
        return !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
    }
}
