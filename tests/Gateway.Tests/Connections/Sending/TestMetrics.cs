using System.Diagnostics.Metrics;
using Gateway.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Connections.Sending;

/// <summary>The meter of connections, and what it says was sent.</summary>
internal sealed class TestMetrics : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConnectionMetrics? _metrics;
    private readonly Dictionary<string, long> _sent = new(StringComparer.Ordinal);

    /// <param name="hosts">The meters of a running host.</param>
    public TestMetrics(IMeterFactory? hosts = null)
    {
        var meters = hosts ?? _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gateway.connections.sent" && instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, bytes, tags, _) => _sent[(string)tags[0].Value!] = bytes);
        _listener.Start();
        _metrics = hosts is null ? new ConnectionMetrics(meters, new ConnectionMemory(1 << 30)) : null;
    }

    /// <summary>Made where no host has its own.</summary>
    public ConnectionMetrics Metrics => _metrics!;

    public long Sent(string way)
    {
        _sent.Clear();
        _listener.RecordObservableInstruments();
        return _sent.GetValueOrDefault(way);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }
}
