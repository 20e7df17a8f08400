using System.Diagnostics.Metrics;
using System.Text;
using Gateway.Telemetry;
using Gateway.Telemetry.Prometheus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Gateway.Tests.Telemetry;

/// <summary>A meter, the real SDK and the exporter; no web server.</summary>
internal sealed class ScrapeFixture : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly MeterProvider _provider;
    private readonly PrometheusExporter _exporter = new();

    public ScrapeFixture(Func<Instrument, MetricStreamConfiguration?>? view = null, bool withTarget = false)
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Meters = _services.GetRequiredService<IMeterFactory>();
        var mine = $"Gateway.Test.{Guid.NewGuid():N}";
        Meter = Meters.Create(mine);
        var views = new MetricViews(Meters, Options.Create(new TelemetryOptions()));
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(withTarget ? ResourceBuilder.CreateEmpty().AddService("gateway", serviceVersion: "1.2.3", autoGenerateServiceInstanceId: false) : ResourceBuilder.CreateEmpty())
            .AddMeter(mine)
            .AddMeter(mine + ".*")
            .AddView(view ?? views.Of!)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
            .Build();
    }

    public IMeterFactory Meters { get; }

    public Meter Meter { get; }

    public Meter SecondMeter() => Meters.Create(Meter.Name + ".Second");

    public async Task<string> TextAsync(ExpositionFormat format = ExpositionFormat.Text)
    {
        var buffer = await _exporter.ScrapeAsync(format, CancellationToken.None);
        Assert.NotNull(buffer);
        var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        _exporter.Return(buffer);
        return text;
    }

    public ValueTask<bool> ReadAsync(Action<Metric> read) => _exporter.ReadAsync(read, CancellationToken.None);

    public void Dispose()
    {
        _provider.Dispose();
        _services.Dispose();
    }
}
