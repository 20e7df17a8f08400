using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Gateway.Telemetry.Hosting;

/// <summary>
/// Resolves the providers, which is what makes them listen; they flush when the container disposes them.
/// </summary>
internal sealed class SdkLifetime(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetService<MeterProvider>();
        services.GetService<TracerProvider>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
