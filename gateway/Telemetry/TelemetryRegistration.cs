using Gateway.Knobs;
using Gateway.Telemetry.Events;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>Event log; register before the features, so that it stops after them.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddKnobs<TelemetryOptions>("Telemetry");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TelemetryMetrics>();
        services.TryAddSingleton<EventConsole>(Console.OpenStandardOutput);
        services.TryAddSingleton<EventLog>();
        services.AddHostedService<EventLogWriter>();
        return services;
    }
}
