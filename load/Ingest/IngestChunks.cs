using System.Diagnostics;
using System.Globalization;

namespace Gateway.Load.Ingest;

/// <summary>What the sessions upload: a recording of a minute that ffmpeg has made and cut before the run, of which every session sends the chunks in turn.</summary>
internal static class IngestChunks
{
    private const int Count = 12;

    /// <exception cref="IOException">ffmpeg is missing, or failed.</exception>
    public static async Task<byte[][]> MakeAsync(CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("load-ingest-").FullName;
        try
        {
            var (each, all) = (IngestOptions.Chunk.TotalSeconds.ToString(CultureInfo.InvariantCulture), (IngestOptions.Chunk.TotalSeconds * Count).ToString(CultureInfo.InvariantCulture));
            await RunAsync(
            [
                "-hide_banner", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", all,
                "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "1M", "-maxrate", "1M", "-bufsize", "1M", "-c:a", "aac", "-b:a", "96k",
                "-force_key_frames", $"expr:gte(t,n_forced*{each})", "-f", "segment", "-segment_time", each, "-reset_timestamps", "1", "-segment_format", "mp4", Path.Combine(folder, "%05d.mp4"),
            ], stop);
            var chunks = new List<byte[]>();
            foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal)) chunks.Add(await File.ReadAllBytesAsync(file, stop));
            return [.. chunks];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string[] arguments, CancellationToken stop)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            if (process.ExitCode != 0) throw new IOException($"ffmpeg could not make the chunks: {said.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException("ffmpeg (Debian package ffmpeg) is not installed.", e);
        }
    }
}
