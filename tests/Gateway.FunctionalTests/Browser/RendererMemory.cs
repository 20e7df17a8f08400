using System.Globalization;

namespace Gateway.FunctionalTests.Browser;

/// <summary>What a browser's processes for pages hold, by the machine's own count. Linux only.</summary>
internal static class RendererMemory
{
    private const string ParentField = "PPid:";

    /// <summary>The resident memory of the largest renderer below this process.</summary>
    public static long Bytes()
    {
        var most = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                if (!File.ReadAllText($"{folder}/cmdline").Contains("--type=renderer", StringComparison.Ordinal) || !IsBelowUs(id)) continue;
                most = Math.Max(most, long.Parse(File.ReadAllText($"{folder}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }

        return most;
    }

    private static bool IsBelowUs(int id)
    {
        for (var at = id; at > 1;)
        {
            if (at == Environment.ProcessId) return true;
            var line = File.ReadLines($"/proc/{at}/status").First(l => l.StartsWith(ParentField, StringComparison.Ordinal));
            at = int.Parse(line.AsSpan(ParentField.Length), CultureInfo.InvariantCulture);
        }

        return false;
    }
}
