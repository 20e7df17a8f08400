using Gateway.Telemetry.Prometheus;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Gateway.Telemetry.Samples;

/// <summary>
/// Reads the gateway's own metrics every <see cref="SampleRing.Every"/>, so that who opens the operator's page sees what went before. It costs one collection, as a scrape does. One owner, one
/// timer; stops with the host. Nothing runs where metrics are switched off.
/// </summary>
internal sealed partial class MetricSampler(SampleRing ring, PrometheusExporter exporter, MeterProvider provider, IOptions<TelemetryOptions> options, TimeProvider time, ILogger<MetricSampler> log) : BackgroundService
{
    private readonly double[] _figures = new double[SampleRing.Figures];
    private MetricReading? _last;
    private long _lastAt;

    /// <summary>Takes one sample; the first only begins.</summary>
    public async Task SampleAsync(CancellationToken cancel)
    {
        // What ties the exporter to its reader is the provider.
        GC.KeepAlive(provider);
        var reading = new MetricReading();
        var at = time.GetTimestamp();
        if (!await exporter.ReadAsync(reading.Take, cancel)) return;
        if (_last is { } last && time.GetElapsedTime(_lastAt, at) > TimeSpan.Zero)
        {
            reading.Since(last, time.GetElapsedTime(_lastAt, at), _figures);
            ring.Add(time.GetUtcNow(), _figures);
        }

        _last = reading;
        _lastAt = at;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Metrics) return;
        using var timer = new PeriodicTimer(SampleRing.Every, time);
        try
        {
            do
            {
                await TrySampleAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; so does the sampling.
        }
    }

    private async Task TrySampleAsync(CancellationToken stopping)
    {
        try
        {
            await SampleAsync(stopping);
        }
        catch (ObjectDisposedException)
        {
            // The host goes down, or its start was refused, and the exporter went before the sampler.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A reading that failed must not end the host.
            LogFailed(e);
        }
    }

    // Next free id: 2.
    [LoggerMessage(1, LogLevel.Error, "A sample of the metrics could not be taken; the next one is taken as planned", EventName = nameof(LogFailed))]
    private partial void LogFailed(Exception exception);
}
