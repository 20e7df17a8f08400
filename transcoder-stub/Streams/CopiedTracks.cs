using System.Buffers.Binary;
using System.Globalization;

namespace TranscoderStub.Streams;

/// <summary>
/// What ffmpeg tells of the tracks that it copies: beside the segment it writes one packet of each, with its times, to its standard output (its muxer <c>framehash</c>). So a chunk that needs no encoding is
/// made by one program, where asking ffprobe before takes a second one: starting a program costs more than copying five seconds.
/// </summary>
internal static class CopiedTracks
{
    /// <summary>Chroma and depth stand in the configuration from High on (ISO/IEC 14496-15 §5.3.3.1.2); these profiles have 4:2:0 with 8 bits only.</summary>
    private const byte Baseline = 66, Main = 77, Extended = 88;

    private const int MostHeader = 64 << 10;

    /// <summary>Arguments of the second output.</summary>
    public static readonly string[] Arguments = ["-map", "0:v:0?", "-map", "0:a:0?", "-c", "copy", "-frames:v", "1", "-frames:a", "1", "-f", "framehash", "-hash", "adler32", "pipe:1"];

    /// <summary>Reads what ffmpeg told; null where the tracks cannot go out as they are, and have to be looked at and encoded.</summary>
    /// <param name="told">Its standard output.</param>
    /// <param name="segment">Path of the segment that it made.</param>
    public static async Task<ChunkStreams?> ReadAsync(string told, string segment, CancellationToken stop)
    {
        Dictionary<int, string> types = [], codecs = [];
        Dictionary<int, double> ticks = [], starts = [], shown = [];
        foreach (var line in told.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != '#')
            {
                var fields = line.Split(',', 4, StringSplitOptions.TrimEntries);
                if (fields.Length < 4 || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out var track) || !ticks.TryGetValue(track, out var tick)) continue;
                if (long.TryParse(fields[1], CultureInfo.InvariantCulture, out var time)) starts.TryAdd(track, time * tick);
                if (long.TryParse(fields[2], CultureInfo.InvariantCulture, out var moment)) shown.TryAdd(track, moment * tick);
            }
            else if (Field(line, "#media_type ", out var typed, out var type))
            {
                types[typed] = type;
            }
            else if (Field(line, "#codec_id ", out var coded, out var codec))
            {
                codecs[coded] = codec;
            }
            else if (Field(line, "#tb ", out var timed, out var text) && text.Split('/') is [var above, var below] && double.TryParse(above, CultureInfo.InvariantCulture, out var a) && double.TryParse(below, CultureInfo.InvariantCulture, out var b) && b > 0)
            {
                ticks[timed] = a / b;
            }
        }

        string? video = null, audio = null;
        double? videoStart = null, audioStart = null, firstShown = null;
        foreach (var (track, type) in types)
        {
            if (!codecs.TryGetValue(track, out var codec) || !starts.TryGetValue(track, out var start)) return null;
            if (type == "video") (video, videoStart, firstShown) = (codec, start, shown.TryGetValue(track, out var moment) ? moment : start);
            else (audio, audioStart) = (codec, start);
        }

        if (video is not (null or "h264") || audio is not (null or "aac") || (video ?? audio) is null || (video is not null && !await IsPlainAsync(segment, stop))) return null;
        return ChunkStreams.Copied(video, audio, videoStart, audio is null ? firstShown : audioStart);
    }

    private static bool Field(string line, string name, out int track, out string value)
    {
        (track, value) = (0, "");
        if (!line.StartsWith(name, StringComparison.Ordinal) || line.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 0) return false;
        value = line[(colon + 1)..].Trim();
        return int.TryParse(line.AsSpan(name.Length, colon - name.Length), CultureInfo.InvariantCulture, out track);
    }

    /// <summary>Whether the pictures are 4:2:0 with 8 bits, which every player decodes.</summary>
    private static async Task<bool> IsPlainAsync(string segment, CancellationToken stop)
    {
        await using var file = File.OpenRead(segment);
        var header = new byte[Math.Min(file.Length, MostHeader)];
        await file.ReadExactlyAsync(header, stop);
        var at = header.AsSpan().IndexOf("avcC"u8);
        return at >= 4 && IsPlain(header.AsSpan(at + 4, Math.Max(0, Math.Min(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(at - 4)) - 8, header.Length - at - 4))));
    }

    internal static bool IsPlain(ReadOnlySpan<byte> configuration)
    {
        if (configuration.Length < 7) return false;
        if (configuration[1] is Baseline or Main or Extended) return true;
        // Behind the sequence and the picture parameter sets.
        var rest = configuration[6..];
        for (int list = 0, count = configuration[5] & 31; list < 2; list++)
        {
            for (; count > 0; count--)
            {
                if (rest.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(rest) is var length && rest.Length < 2 + length) return false;
                rest = rest[(2 + length)..];
            }

            if (list > 0) break;
            if (rest.IsEmpty) return false;
            count = rest[0];
            rest = rest[1..];
        }

        return rest.Length >= 3 && (rest[0] & 3) == 1 && (rest[1] & 7) == 0 && (rest[2] & 7) == 0;
    }
}
