using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Live;

/// <summary>A recording that ffmpeg has cut into chunks as a capture program does: each begins with a key frame and plays by itself. Made once for all tests.</summary>
internal sealed class RecordedChunks
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<RecordedChunks>>> s_made = new(StringComparer.Ordinal);

    private RecordedChunks(string folder, string[] files)
    {
        Folder = folder;
        Files = files;
    }

    public string Folder { get; }

    public string[] Files { get; }

    public int Count => Files.Length;

    public byte[] this[int index] => File.ReadAllBytes(Files[index]);

    /// <param name="chunks">How many.</param>
    /// <param name="seconds">Length of each.</param>
    /// <param name="size">Of the picture.</param>
    /// <param name="codecs">Arguments of ffmpeg; null for H.264 and AAC.</param>
    /// <param name="suffix">Container.</param>
    public static Task<RecordedChunks> OfAsync(int chunks, int seconds = 2, string size = "160x90", string[]? codecs = null, string suffix = "mp4") =>
        s_made.GetOrAdd($"{chunks}-{seconds}-{size}-{suffix}-{string.Join('-', codecs ?? [])}", _ => new Lazy<Task<RecordedChunks>>(() => MakeAsync(chunks, seconds, size, codecs, suffix))).Value;

    private static async Task<RecordedChunks> MakeAsync(int chunks, int seconds, string size, string[]? codecs, string suffix)
    {
        var folder = Directory.CreateTempSubdirectory("live-chunks-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var length = (chunks * seconds).ToString(CultureInfo.InvariantCulture);
        var each = seconds.ToString(CultureInfo.InvariantCulture);
        await Ffmpeg.RunAsync(
        [
            "-f", "lavfi", "-i", $"testsrc2=size={size}:rate=25", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", length,
            .. codecs ?? ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k"],
            "-force_key_frames", $"expr:gte(t,n_forced*{each})", "-f", "segment", "-segment_time", each, "-reset_timestamps", "1", "-segment_format", suffix, Path.Combine(folder, $"chunk_%05d.{suffix}"),
        ]);
        return new RecordedChunks(folder, [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)]);
    }
}
