using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Gateway.Load.Reports;

/// <summary>On what the run ran: figures without it cannot be compared.</summary>
internal sealed record MachineFacts
{
    public string Processor { get; init; } = "";

    public int Cores { get; init; }

    public long MemoryBytes { get; init; }

    public string System { get; init; } = "";

    public string Runtime { get; init; } = "";

    public bool ServerGc { get; init; }

    /// <summary>Runnable threads over the last minute when the run began; above <see cref="Cores"/> others were at work too. Null where the system does not tell.</summary>
    public double? LoadBefore { get; init; }

    public double? LoadAfter { get; init; }

    public static MachineFacts Look() => new()
    {
        Processor = Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Cores = Environment.ProcessorCount,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        System = Line("/etc/os-release", "PRETTY_NAME")?.Trim('"') is { } name ? $"{name}, kernel {Environment.OSVersion.Version}" : RuntimeInformation.OSDescription,
        Runtime = RuntimeInformation.FrameworkDescription,
        ServerGc = GCSettings.IsServerGC,
        LoadBefore = Load(),
        LoadAfter = Load(),
    };

    public MachineFacts AfterTheRun() => this with { LoadAfter = Load() };

    private static double? Load()
    {
        try
        {
            return double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static string? Line(string file, string key)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', '=')[1].Trim();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
