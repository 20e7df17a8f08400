using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using TranscoderStub.Encoders;
using TranscoderStub.Sources;

namespace TranscoderStub.Probing;

/// <summary>
/// Asks ffprobe about sources, and remembers the last answers by the source's identity. Who asks for what is being asked already joins, and the last one to
/// leave ends it. There are as many places, and as long a queue for them, as encoders have: titles are opened by whoever knows a name.
/// </summary>
internal sealed class MediaProber(FfmpegTools tools, SourceOptions options, EncodingOptions encoding, TimeProvider time) : IDisposable
{
    private const int Remembered = 1000, MaxOutput = 4 << 20;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = Remembered });
    private readonly EncoderSlots _places = new(encoding, time);

    // Protects the probes under way and the number of their askers.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ProbeUnderWay> _underWay = new(StringComparer.Ordinal);

    /// <exception cref="TranscodeException">The source cannot be read or is no media, or there is no place for asking.</exception>
    public async Task<MediaProbe> ProbeAsync(MediaSource source, CancellationToken stop)
    {
        if (_known.TryGetValue(source.Identity, out MediaProbe? known)) return known!;
        if (source.Length == 0) throw new TranscodeException(422, "TRANSCODER_EMPTY", "The source is empty.");
        ProbeUnderWay probe;
        lock (_lock)
        {
            if (!_underWay.TryGetValue(source.Identity, out probe!)) _underWay[source.Identity] = probe = new ProbeUnderWay(end => AskAsync(source, end));
            probe.Askers++;
        }

        try
        {
            return await probe.Answer.WaitAsync(stop);
        }
        finally
        {
            bool isLast;
            lock (_lock) isLast = --probe.Askers == 0 && _underWay.Remove(source.Identity);
            if (isLast) await probe.DisposeAsync();
        }
    }

    public void Dispose() => _known.Dispose();

    private async Task<MediaProbe> AskAsync(MediaSource source, CancellationToken stop)
    {
        using var place = await _places.EnterAsync(() => false, stop);
        var answer = await RunAsync(source, [], stop);

        // These two carry no duration, and an estimate from the bitrate may be minutes off; their frames are quickly counted.
        var format = answer.TryGetProperty("format", out var f) && f.TryGetProperty("format_name", out var name) ? name.GetString() : null;
        if (format is "mp3" or "aac") answer = await RunAsync(source, ["-count_packets", "-select_streams", "a:0"], stop);
        var probe = ProbeReader.Read(answer, options);
        _known.Set(source.Identity, probe, new MemoryCacheEntryOptions { Size = 1 });
        return probe;
    }

    private async Task<JsonElement> RunAsync(MediaSource source, string[] more, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(s_deadline, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        await using var process = tools.Start("ffprobe",
            ["-v", "error", "-threads", "1", "-print_format", "json", "-show_format", "-show_streams", .. more, .. source.InputArguments, "-i", source.Input]);
        try
        {
            using var output = new MemoryStream();
            var buffer = new byte[16 << 10];
            int read;
            while ((read = await process.Output.ReadAsync(buffer, end.Token)) > 0)
            {
                if (output.Length + read > MaxOutput) throw TranscodeException.NotMedia();
                output.Write(buffer, 0, read);
            }

            var (code, errors) = await process.EndAsync(end.Token);
            if (code != 0) throw Failure(source, errors);
            return JsonSerializer.Deserialize<JsonElement>(output.ToArray());
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw TranscodeException.SourceGone();
        }
        catch (JsonException)
        {
            throw TranscodeException.NotMedia();
        }
    }

    // Whether the source went away or was never media is told by the kind of complaint; everything that is not input or output is the media's fault.
    private static TranscodeException Failure(MediaSource source, string errors) =>
        (source.IsFile && !File.Exists(source.Input)) || SourceComplaints.Match(errors)
            ? TranscodeException.SourceGone()
            : MemoryComplaints.Match(errors) ? TranscodeException.NeedsMemory() : TranscodeException.NotMedia();

    /// <summary>A question that runs on its own; disposing it ends it.</summary>
    private sealed class ProbeUnderWay : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public ProbeUnderWay(Func<CancellationToken, Task<MediaProbe>> ask) => Answer = Task.Run(() => ask(_stop.Token), CancellationToken.None);

        public Task<MediaProbe> Answer { get; }

        public int Askers { get; set; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await ((Task)Answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
