using Gateway.Telemetry.Prometheus;

namespace OpenTelemetry.Metrics;

/// <summary>As in OpenTelemetry.Exporter.Prometheus.AspNetCore, which this folder replaces.</summary>
public static class PrometheusExporterMeterProviderBuilderExtensions
{
    /// <summary>Adds the reader behind <c>MapPrometheusScrapingEndpoint</c>.</summary>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder)
    {
        builder.ConfigureServices(services => services.AddSingleton<PrometheusExporter>().AddSingleton<ScrapeCache>());
        return builder.AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusExporter>())
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
        });
    }
}
