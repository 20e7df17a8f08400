using System.Globalization;
using System.Text.Json;
using TranscoderStub.Sources;

namespace TranscoderStub.Probing;

/// <summary>Reads ffprobe's JSON. The figures come from a stranger's file: each is checked for sense before it is believed.</summary>
internal static class ProbeReader
{
    private const int LargestSide = 8192;

    /// <exception cref="TranscodeException">There is nothing to play in it, or no duration, or too much of one, or of a picture.</exception>
    public static MediaProbe Read(JsonElement root, SourceOptions options)
    {
        var format = root.TryGetProperty("format", out var f) ? f : default;
        if (format.ValueKind != JsonValueKind.Object) throw TranscodeException.NotMedia();
        var whole = Number(format, "duration");
        VideoProbe? video = null;
        AudioProbe? audio = null;
        if (root.TryGetProperty("streams", out var streams))
        {
            foreach (var stream in streams.EnumerateArray())
            {
                var type = Text(stream, "codec_type");
                if (type == "video") video ??= Video(stream, whole, options.MaxPixels);
                if (type == "audio") audio ??= Audio(stream, whole);
            }
        }

        if (video is null && audio is null) throw new TranscodeException(422, "TRANSCODER_NO_STREAMS", "The source has neither picture nor sound that can be read.");
        var seconds = Math.Max(video?.Seconds ?? 0, audio?.Seconds ?? 0);
        if (!(seconds > 0)) throw new TranscodeException(422, "TRANSCODER_NO_DURATION", "The source does not say how long it is.");
        if (seconds > options.MaxDuration.TotalSeconds) throw new TranscodeException(422, "TRANSCODER_TOO_LONG", "The source is longer than what is made just in time.");
        return new MediaProbe(Text(format, "format_name") ?? "", seconds, video, audio);
    }

    private static VideoProbe? Video(JsonElement stream, double whole, long maxPixels)
    {
        if (stream.TryGetProperty("disposition", out var disposition) && Number(disposition, "attached_pic") > 0) return null;
        var (width, height) = ((int)Number(stream, "width"), (int)Number(stream, "height"));
        if (width < 2 || height < 2 || Text(stream, "codec_name") is not { } codec) return null;

        // A decoder keeps a dozen frames or more: a header of some bytes may ask for gigabytes.
        if (width > LargestSide || height > LargestSide || (long)width * height > maxPixels)
            throw new TranscodeException(422, "TRANSCODER_TOO_LARGE", string.Create(CultureInfo.InvariantCulture, $"The picture of {width}x{height} is larger than what is made just in time (Transcoder:Sources:MaxPixels, and {LargestSide} a side)."));

        // ffmpeg turns the picture upright by itself; what it does not do by itself is to make pixels square.
        var sample = FrameRate.Parse(Text(stream, "sample_aspect_ratio")?.Replace(':', '/'));
        if (sample is > 0.1 and < 10 && width * sample is >= 2 and <= LargestSide) width = (int)Math.Round(width * sample);
        if (Math.Abs(Rotation(stream)) % 180 is > 45 and < 135) (width, height) = (height, width);
        var rate = FrameRate.Parse(Text(stream, "avg_frame_rate"));
        if (rate <= 0) rate = FrameRate.Parse(Text(stream, "r_frame_rate"));
        return new VideoProbe((int)Number(stream, "index"), codec, width, height, FrameRate.For(rate > 0 ? rate : 25), Seconds(stream, whole));
    }

    private static AudioProbe? Audio(JsonElement stream, double whole)
    {
        var (rate, channels) = (Number(stream, "sample_rate"), Number(stream, "channels"));
        if (rate is < 1000 or > 768_000 || channels is < 1 or > 64 || Text(stream, "codec_name") is not { } codec) return null;
        return new AudioProbe((int)Number(stream, "index"), codec, (int)rate, (int)channels, Seconds(stream, whole));
    }

    // Raw MP3 and ADTS have no duration but a number of frames, if these were counted; Matroska tells a stream's own in a tag.
    private static double Seconds(JsonElement stream, double whole)
    {
        if (Number(stream, "nb_read_packets") is > 0 and var packets && Number(stream, "sample_rate") is > 0 and var rate)
            return packets * (Text(stream, "codec_name") == "aac" ? 1024 : rate < 32000 ? 576 : 1152) / rate;
        if (Number(stream, "duration") is > 0 and var own) return own;
        if (stream.TryGetProperty("tags", out var tags) && TimeSpan.TryParse(Tag(tags)?[..Math.Min(16, Tag(tags)!.Length)], CultureInfo.InvariantCulture, out var tagged) && tagged > TimeSpan.Zero)
            return tagged.TotalSeconds;
        return whole;
    }

    private static string? Tag(JsonElement tags) => Text(tags, "DURATION") ?? Text(tags, "DURATION-eng");

    private static double Rotation(JsonElement stream)
    {
        if (!stream.TryGetProperty("side_data_list", out var list) || list.ValueKind != JsonValueKind.Array) return 0;
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.TryGetProperty("rotation", out _)) return Number(entry, "rotation");
        }

        return 0;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // ffprobe writes some numbers as numbers and some as text.
    private static double Number(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value)) return 0;
        if (value.ValueKind == JsonValueKind.Number) return value.GetDouble();
        return value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : 0;
    }
}
