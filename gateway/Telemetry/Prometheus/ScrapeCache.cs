using System.IO.Compression;
using Microsoft.Extensions.Options;

namespace Gateway.Telemetry.Prometheus;

/// <summary>
/// Caches the latest scrape, so that a client which requests <c>/metrics</c> without pause has it rendered a few times a second at most.
/// </summary>
/// <remarks>
/// One rendering is under way at a time. Whoever waited for one takes it if it began after the request came, so that a thousand who ask at once cause two; whoever comes later takes it
/// while it is not older than <see cref="TelemetryOptions.ScrapeAge"/>. The bytes are immutable and may be sent to many at once. Held: one for each format, plain and compressed.
/// </remarks>
internal sealed class ScrapeCache(PrometheusExporter exporter, IOptions<TelemetryOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Scrape?[] _latest = new Scrape?[2 * Enum.GetValues<ExpositionFormat>().Length];
    private long _begun;

    /// <summary>The text as it goes over the wire; null when the SDK could not collect.</summary>
    public async ValueTask<byte[]?> GetAsync(ScrapeRequest asked, CancellationToken cancel)
    {
        var slot = (2 * (int)asked.Format) + (asked.Gzip ? 1 : 0);
        var known = Volatile.Read(ref _begun);
        if (IsYoung(Volatile.Read(ref _latest[slot]))) return _latest[slot]!.Bytes;
        await _gate.WaitAsync(cancel);
        try
        {
            if (_latest[slot] is { } latest && (latest.Number > known || IsYoung(latest))) return latest.Bytes;
            var number = Interlocked.Increment(ref _begun);
            var at = time.GetTimestamp();
            if (await RenderAsync(asked, cancel) is not { } bytes) return null;
            Volatile.Write(ref _latest[slot], new Scrape(bytes, number, at));
            return bytes;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private bool IsYoung(Scrape? scrape) => scrape is not null && time.GetElapsedTime(scrape.At) < options.Value.ScrapeAge;

    private async ValueTask<byte[]?> RenderAsync(ScrapeRequest asked, CancellationToken cancel)
    {
        if (await exporter.ScrapeAsync(asked.Format, cancel) is not { } text) return null;
        try
        {
            if (!asked.Gzip) return text.WrittenSpan.ToArray();
            using var packed = new MemoryStream(text.WrittenCount / 4);
            await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(text.WrittenSpan);
            return packed.ToArray();
        }
        finally
        {
            exporter.Return(text);
        }
    }

    /// <param name="Bytes">What is sent.</param>
    /// <param name="Number">Which rendering it is, counted from 1.</param>
    /// <param name="At">Timestamp of its beginning.</param>
    private sealed record Scrape(byte[] Bytes, long Number, long At);
}
