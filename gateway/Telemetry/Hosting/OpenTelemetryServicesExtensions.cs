using Gateway.Telemetry.Hosting;
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// The one method of OpenTelemetry.Extensions.Hosting that is used here, under its own name and namespace: where that package can be
/// had, this folder is deleted and nothing else changes.
/// </summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>Starts the SDK with the host and ends it with the host; may be called again to add to it.</summary>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        // First in the list: it starts before anything measures and stops, with a last export, after everything has stopped.
        if (!services.Any(s => s.ImplementationType == typeof(SdkLifetime))) services.Insert(0, ServiceDescriptor.Singleton<IHostedService, SdkLifetime>());
        return new OpenTelemetryBuilder(services);
    }
}
