using Gateway.Load.Reports;
using Gateway.Load.Reports.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Gateway.Load.Runs;

/// <summary><c>/metrics</c> of the tester itself, on this machine only, while a run goes on.</summary>
internal sealed class MetricsEndpoint(WebApplication app, TesterMetrics metrics) : IAsyncDisposable
{
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<MetricsEndpoint> StartAsync(int port, Func<RunSnapshot?> look, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton(TimeProvider.System).AddRoutingCore().AddMetrics();
        builder.Services.AddOpenTelemetry().WithMetrics(static meters => meters.AddMeter(TesterMetrics.MeterName).AddPrometheusExporter());
        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        var metrics = new TesterMetrics(app.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), look);
        await app.StartAsync(stop);
        return new MetricsEndpoint(app, metrics);
    }

    public async ValueTask DisposeAsync()
    {
        metrics.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
