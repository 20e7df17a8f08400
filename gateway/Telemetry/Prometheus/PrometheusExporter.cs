using System.Buffers;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Gateway.Telemetry.Prometheus;

/// <summary>
/// Collects when it is scraped. The SDK reads each point by itself, so measuring goes on while a scrape reads; nothing here is locked
/// that a request ever takes.
/// </summary>
/// <remarks>
/// Scrapes are serialised by a gate, because the SDK collects into one set of snapshots. Under it the text is only made; it is sent
/// after the gate is open again, so that a slow scraper blocks no other.
/// </remarks>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Exposition _exposition = new();
    private ArrayBufferWriter<byte>? _spare;
    private ArrayBufferWriter<byte>? _target;
    private Action<Metric>? _reader;
    private ExpositionFormat _format;
    private Resource? _resource;

    /// <inheritdoc/>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Makes the text of one scrape; null when the SDK could not collect. Give the buffer back by <see cref="Return"/>.</summary>
    public async ValueTask<ArrayBufferWriter<byte>?> ScrapeAsync(ExpositionFormat format, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        var text = Interlocked.Exchange(ref _spare, null) ?? new ArrayBufferWriter<byte>(64 * 1024);
        try
        {
            _target = text;
            _format = format;
            if (Collect is { } collect && collect(Timeout.Infinite)) return text;
            Return(text);
            return null;
        }
        finally
        {
            _target = null;
            _gate.Release();
        }
    }

    /// <summary>Collects for a reader in this process.</summary>
    /// <param name="read">Is given each instrument, under the gate.</param>
    /// <param name="cancel">The host stops.</param>
    public async ValueTask<bool> ReadAsync(Action<Metric> read, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            _reader = read;
            return Collect is { } collect && collect(Timeout.Infinite);
        }
        finally
        {
            _reader = null;
            _gate.Release();
        }
    }

    /// <summary>Keeps one buffer for the next scrape.</summary>
    public void Return(ArrayBufferWriter<byte> text)
    {
        text.ResetWrittenCount();
        _spare = text;
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        if (_reader is { } reader)
        {
            foreach (var metric in batch) reader(metric);
            return ExportResult.Success;
        }

        // A flush of the whole provider comes here without a scrape behind it.
        if (_target is not { } text) return ExportResult.Success;
        _resource ??= ParentProvider?.GetResource();
        _exposition.Write(batch, _resource, _format, text);
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gate.Dispose();
        base.Dispose(disposing);
    }
}
