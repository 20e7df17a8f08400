using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Caching.Disk;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Caching.Disk;

/// <summary>The disk tier's metrics, and what they have counted, by instrument and label.</summary>
internal sealed class DiskCounts : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public DiskCounts()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        Metrics = new DiskMetrics(meters);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == DiskMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counts.AddOrUpdate($"{instrument.Name["gateway.cache.disk.".Length..]} {(tags.Length > 0 ? tags[0].Value : null)}".Trim(), value, (_, sum) => sum + value));
        _listener.Start();
    }

    public DiskMetrics Metrics { get; }

    /// <param name="name">As in <c>reads hit</c> or <c>written</c>.</param>
    public long this[string name] => _counts.GetValueOrDefault(name);

    public void Dispose()
    {
        _listener.Dispose();
        Metrics.Dispose();
        _services.Dispose();
    }
}
