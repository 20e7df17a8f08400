using System.Net;
using TranscoderStub.Sources;

namespace TranscoderStub.Streams;

/// <summary>
/// Fetches a chunk, makes it a segment and writes that where the caller wants it: both addresses are the caller's own, and carry their own credential. Chunks have places of their own, so that titles made
/// just in time and live streams do not starve each other.
/// </summary>
internal sealed partial class StreamChunks(HttpClient http, SourceRelay sources, ChunkPackager packager, StreamOptions options, TimeProvider time, ILogger<StreamChunks> log) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.MaxChunks, options.MaxChunks);

    /// <exception cref="TranscodeException">The chunk cannot be made, or not now.</exception>
    public async Task ProcessAsync(StreamChunkRequest request, CancellationToken gone)
    {
        var (input, output) = request.Check(sources.IsAllowed);
        if (!await _places.WaitAsync(TimeSpan.Zero, gone)) throw new TranscodeException(503, "TRANSCODER_BUSY", "As many chunks as allowed are in the making.", TimeSpan.FromSeconds(1));
        var folder = Path.Combine(options.WorkFolder.Length > 0 ? options.WorkFolder : Path.GetTempPath(), $"chunk-{Guid.NewGuid():N}");
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(gone, limit.Token);
        try
        {
            Directory.CreateDirectory(folder);
            var (chunk, segment) = (Path.Combine(folder, "chunk"), Path.Combine(folder, "segment.mp4"));
            await FetchAsync(input, chunk, both.Token);
            await packager.MakeAsync(chunk, segment, both.Token);
            await WriteAsync(output, segment, both.Token);
            LogMade(request.SessionId, request.Index, request.Mode ?? "sbs");
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            throw new TranscodeException(504, "TRANSCODER_TIMEOUT", "The chunk was not made in time.", TimeSpan.FromSeconds(1));
        }
        finally
        {
            _places.Release();
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task FetchAsync(Uri from, string path, CancellationToken stop)
    {
        try
        {
            using var answer = await http.GetAsync(from, HttpCompletionOption.ResponseHeadersRead, stop);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) throw TranscodeException.UnknownMedia();
            if (answer.StatusCode != HttpStatusCode.OK) throw TranscodeException.SourceGone();
            if (answer.Content.Headers.ContentLength > options.MaxBytes) throw TooLarge();
            await using var file = File.Create(path);
            await using var body = await answer.Content.ReadAsStreamAsync(stop);
            var block = new byte[64 << 10];
            for (long length = 0; await body.ReadAsync(block, stop) is > 0 and var read;)
            {
                length += read;
                if (length > options.MaxBytes) throw TooLarge();
                await file.WriteAsync(block.AsMemory(0, read), stop);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw TranscodeException.SourceGone();
        }
    }

    private async Task WriteAsync(Uri to, string path, CancellationToken stop)
    {
        try
        {
            await using var file = File.OpenRead(path);
            using var content = new StreamContent(file) { Headers = { ContentType = new("video/mp4"), ContentLength = file.Length } };
            using var answer = await http.PutAsync(to, content, stop);
            if (answer.IsSuccessStatusCode) return;
            // Neither the chunk's fault nor this program's: a store that is full or away is waited for.
            if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
                throw new TranscodeException(503, "TRANSCODER_OUTPUT_BUSY", "The segment was made, and cannot be stored now.", answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
            var isOver = (int)answer.StatusCode is >= 400 and < 500;
            throw new TranscodeException(502, "TRANSCODER_OUTPUT_REFUSED", "The segment was made, and not taken.", isOver ? null : TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TranscodeException(502, "TRANSCODER_OUTPUT_GONE", "The segment was made, and could not be written.", TimeSpan.FromSeconds(1));
        }
    }

    private static TranscodeException TooLarge() => new(413, "TRANSCODER_CHUNK_TOO_LARGE", "The chunk is larger than Transcoder:Streams:MaxBytes.");

    [LoggerMessage(1, LogLevel.Information, "Chunk {Index} of stream '{Session}' is made, mode '{Mode}'")]
    private partial void LogMade(string? session, int? index, string mode);
}
