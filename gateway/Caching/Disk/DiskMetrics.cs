using System.Diagnostics.Metrics;

namespace Gateway.Caching.Disk;

/// <summary>Instruments of the disk tier; all of them exist, at zero, also where it is off.</summary>
internal sealed class DiskMetrics : IDisposable
{
    public const string MeterName = "Gateway.Caching.Disk";

    private readonly Meter _meter;
    private readonly Counter<long> _reads;
    private readonly Counter<long> _readBytes;
    private readonly Counter<long> _writes;
    private readonly Counter<long> _writtenBytes;
    private readonly Counter<long> _errors;
    private Func<DiskTier?> _tier = static () => null;

    public DiskMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _reads = _meter.CreateCounter<long>("gateway.cache.disk.reads", "{request}", "Objects that memory did not have, looked for on disk, by what became of it.");
        _readBytes = _meter.CreateCounter<long>("gateway.cache.disk.read", "By", "Bytes read from disk and served.");
        _writes = _meter.CreateCounter<long>("gateway.cache.disk.writes", "{entry}", "Objects meant for the disk, by what became of them.");
        _writtenBytes = _meter.CreateCounter<long>("gateway.cache.disk.written", "By", "Bytes of records written to disk.");
        _errors = _meter.CreateCounter<long>("gateway.cache.disk.errors", "{error}", "Operations that the disk refused or failed.");
        _meter.CreateObservableGauge("gateway.cache.disk", () => _tier()?.Bytes ?? 0, "By", "Bytes of objects on disk.");
        _meter.CreateObservableGauge("gateway.cache.disk.limit", () => _tier()?.LimitBytes ?? 0, "By", "Bytes that the disk tier may hold.");
        _meter.CreateObservableGauge("gateway.cache.disk.entries", () => _tier()?.Entries ?? 0, "{entry}", "Objects on disk.");
        _meter.CreateObservableGauge("gateway.cache.disk.state", () => (int)(_tier()?.State ?? DiskState.Off), description: "0 off, 1 opening, 2 working, 3 degraded to memory.");

        // Each series starts at zero, so that its first count is an increase to Prometheus and not a new series.
        foreach (var result in Enum.GetValues<DiskReadResult>()) _reads.Add(0, Tag("result", result));
        foreach (var result in Enum.GetValues<DiskWriteResult>()) _writes.Add(0, Tag("result", result));
        foreach (var operation in Enum.GetValues<DiskOperation>()) _errors.Add(0, Tag("operation", operation));
        _readBytes.Add(0);
        _writtenBytes.Add(0);
    }

    public void Watch(DiskTier tier) => _tier = () => tier;

    public void Looked(DiskReadResult result) => _reads.Add(1, Tag("result", result));

    public void Read(long bytes) => _readBytes.Add(bytes);

    public void Offered(DiskWriteResult result) => _writes.Add(1, Tag("result", result));

    public void Wrote(long bytes) => _writtenBytes.Add(bytes);

    public void Erred(DiskOperation operation) => _errors.Add(1, Tag("operation", operation));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag<T>(string name, T value)
        where T : struct, Enum =>
        new(name, value.ToString().ToLowerInvariant());
}
