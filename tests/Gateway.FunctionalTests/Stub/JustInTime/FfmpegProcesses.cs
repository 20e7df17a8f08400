using System.Diagnostics;
using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Finds an encoder among this program's own children by the words of its command line.</summary>
internal static class FfmpegProcesses
{
    /// <summary>Waits for such a child and kills it.</summary>
    public static async Task<bool> KillAsync(params string[] words)
    {
        Process? found = null;
        await Patience.UntilAsync(() => Task.FromResult((found = Find(words)) is not null));
        using (found) found!.Kill();
        return true;
    }

    private static Process? Find(string[] words)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(f[6])))
        {
            try
            {
                var line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                var parent = File.ReadAllLines(Path.Combine(folder, "status")).First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim();
                if (parent != Environment.ProcessId.ToString(CultureInfo.InvariantCulture) || !line.Contains("ffmpeg", StringComparison.Ordinal)) continue;
                if (words.All(w => line.Contains(w, StringComparison.Ordinal))) return Process.GetProcessById(int.Parse(folder.AsSpan(6), CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
            {
                // It ended in between.
            }
        }

        return null;
    }
}
