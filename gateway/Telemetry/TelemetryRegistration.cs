using Gateway.Configuration;
using Gateway.Telemetry.Events;
using Gateway.Telemetry.Samples;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gateway.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>
    /// Metrics, traces and the event log. Register before the features: what starts first stops last, so their last events are written.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Read for the standard <c>OTEL_*</c> variables only.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<TelemetryOptions>("Telemetry");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TelemetryMetrics>();
        services.TryAddSingleton<BuildMetrics>();
        services.TryAddSingleton<MetricViews>();
        services.TryAddSingleton<SampleRing>();
        services.AddHostedService<MetricSampler>();
        AddEvents(services);
        AddSignals(services, OtlpExport.From(configuration));
        return services;
    }

    /// <summary>
    /// Starts collecting metrics, and describes spans when traces are exported; call it before everything that a span should cover or that counts
    /// something: a counter's initial zero, without which its first increase is not seen, must find a listener.
    /// </summary>
    public static WebApplication UseTelemetry(this WebApplication app)
    {
        app.Services.GetService<MeterProvider>();
        if (app.Services.GetService<TracerProvider>() is not null) app.UseMiddleware<RequestSpanMiddleware>();
        OtlpVariables.Warn(app.Configuration, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OtlpVariables)));
        return app;
    }

    /// <summary>Maps <c>/metrics</c>, unless metrics are switched off.</summary>
    public static WebApplication MapTelemetry(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<TelemetryOptions>().Metrics) return app;
        app.Services.GetRequiredService<BuildMetrics>();
        app.MapPrometheusScrapingEndpoint();
        return app;
    }

    private static void AddEvents(IServiceCollection services)
    {
        services.TryAddSingleton<EventConsole>(Console.OpenStandardOutput);
        services.TryAddSingleton<EventLog>();
        services.AddHostedService<EventLogWriter>();

        // Standard output belongs to the event log, so that a capture of it is NDJSON; messages for people go to standard error.
        services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        // The framework's request log writes whole paths, and ours hold tickets. It also makes a span for every request even when nobody
        // collects spans.
        services.PostConfigure<LoggerFilterOptions>(filters => filters.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None));

        // The server cuts a connection that is flooded with frames, and tells of each with a stack trace at the highest level: a client could fill the log.
        services.PostConfigure<LoggerFilterOptions>(filters => filters.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None));
    }

    private static void AddSignals(IServiceCollection services, OtlpExport otlp)
    {
        var telemetry = services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => resource
            .Clear()
            .AddService("gateway", serviceVersion: BuildMetrics.Version, autoGenerateServiceInstanceId: false)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics =>
        {
            metrics
                .AddMeter("Gateway.*", "System.Runtime", "System.Net.Http", "System.Net.NameResolution", "Npgsql")
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Diagnostics")
                .SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddPrometheusExporter();
            if (otlp.Metrics) metrics.AddOtlpExporter();
            if (metrics is IDeferredMeterProviderBuilder deferred)
                deferred.Configure((provided, builder) => builder.AddView(provided.GetRequiredService<MetricViews>().Of));
        });
        if (!otlp.Traces) return;
        telemetry.WithTracing(traces => traces
            .AddSource(GatewayTrace.SourceName, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql")
            .AddProcessor(new TicketScrubber())
            .AddOtlpExporter());
    }
}
