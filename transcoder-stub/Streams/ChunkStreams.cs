using System.Globalization;
using System.Text.Json;
using TranscoderStub.Encoders;

namespace TranscoderStub.Streams;

/// <summary>What a chunk holds, as far as it decides between copying and encoding, and when its tracks begin.</summary>
/// <param name="Video">Codec of the pictures; null without any.</param>
/// <param name="Audio">Codec of the sound; null without any.</param>
/// <param name="CopiesVideo">Whether the pictures can go out as they are.</param>
internal sealed record ChunkStreams(string? Video, string? Audio, bool CopiesVideo)
{
    // Enough to see the first packet of both tracks, however they are interleaved.
    private const string FirstPackets = "%+#500";

    // Samples that ffmpeg's AAC encoder puts before the first one, at the rate to which sound is encoded.
    private const double Priming = 1024 / 48_000.0;

    public bool CopiesAudio => Audio == "aac";

    /// <summary>Seconds at which the pictures begin in the output, from where the earlier track begins.</summary>
    public double VideoStart { get; private init; }

    /// <summary>The same for the sound.</summary>
    public double AudioStart { get; private init; }

    /// <summary>Tracks that were copied.</summary>
    /// <param name="video">Codec.</param>
    /// <param name="audio">Codec.</param>
    /// <param name="videoStart">First decode time, seconds; null without pictures.</param>
    /// <param name="audioStart">First decode time, seconds; of silence that is put in, when the pictures are first shown.</param>
    public static ChunkStreams Copied(string? video, string? audio, double? videoStart, double? audioStart)
    {
        var first = Math.Min(videoStart ?? double.MaxValue, audioStart ?? double.MaxValue);
        return new ChunkStreams(video, audio, CopiesVideo: video is not null) { VideoStart = (videoStart ?? first) - first, AudioStart = (audioStart ?? first) - first };
    }

    /// <exception cref="TranscodeException">The chunk is no media that can be read.</exception>
    public static async Task<ChunkStreams> ReadAsync(FfmpegTools tools, string path, CancellationToken stop)
    {
        await using var probe = tools.Start("ffprobe",
            ["-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file", "-read_intervals", FirstPackets, "-show_entries", "stream=index,codec_type,codec_name,pix_fmt:packet=stream_index,dts_time,pts_time", "-of", "json", $"file:{path}"]);
        using var text = new MemoryStream();
        await probe.Output.CopyToAsync(text, stop);
        var (code, _) = await probe.EndAsync(stop);
        if (code != 0) throw TranscodeException.NotMedia();
        using var json = JsonDocument.Parse(text.ToArray());
        JsonElement? video = null, audio = null;
        foreach (var stream in json.RootElement.GetProperty("streams").EnumerateArray())
        {
            if (stream.TryGetProperty("codec_type", out var type) && type.GetString() == "video") video ??= stream;
            else if (type.ValueKind == JsonValueKind.String && type.GetString() == "audio") audio ??= stream;
        }

        if (video is null && audio is null) throw TranscodeException.NotMedia();
        var read = new ChunkStreams(CodecOf(video), CodecOf(audio), CodecOf(video) == "h264" && video!.Value.TryGetProperty("pix_fmt", out var pixels) && pixels.GetString() is "yuv420p" or "yuvj420p");
        var videoStart = StartOf(json.RootElement, video, read.CopiesVideo);
        var audioStart = audio is null ? StartOf(json.RootElement, video, isCopied: false) : StartOf(json.RootElement, audio, read.CopiesAudio) - (read.CopiesAudio ? 0 : Priming);
        var first = Math.Min(videoStart ?? double.MaxValue, audioStart ?? double.MaxValue);
        return read with { VideoStart = (videoStart ?? first) - first, AudioStart = (audioStart ?? first) - first };
    }

    private static string? CodecOf(JsonElement? stream) => stream is { } known && known.TryGetProperty("codec_name", out var name) ? name.GetString() ?? "" : stream is null ? null : "";

    /// <summary>What is copied begins with its first decode time, what is encoded with its first presentation time.</summary>
    private static double? StartOf(JsonElement root, JsonElement? stream, bool isCopied)
    {
        if (stream is not { } wanted || !root.TryGetProperty("packets", out var packets)) return null;
        double? first = null;
        foreach (var packet in packets.EnumerateArray())
        {
            if (packet.GetProperty("stream_index").GetInt32() != wanted.GetProperty("index").GetInt32()) continue;
            if (!packet.TryGetProperty(isCopied ? "dts_time" : "pts_time", out var time) || !double.TryParse(time.GetString(), CultureInfo.InvariantCulture, out var seconds)) continue;
            if (first is null || seconds < first) first = seconds;
        }

        return first;
    }
}
