using System.Globalization;

namespace Gateway.Connections;

/// <summary>How many files and sockets this process may have open (getrlimit(2), RLIMIT_NOFILE). A process that has no more of them can neither ask an origin nor start a thread, and ends.</summary>
internal static class OpenFiles
{
    private const string Line = "Max open files";

    /// <summary>What the process has open by itself (some 300: assemblies, logs, queues of the kernel), its connections to origins, and the cache's files.</summary>
    private const long Own = 512;

    private const long LeastClients = 64;

    /// <summary>The limit; the largest number where there is none, or the system does not tell.</summary>
    public static long Limit => OperatingSystem.IsLinux() ? Read(File.ReadLines("/proc/self/limits")) : long.MaxValue;

    /// <summary>How many of so many clients may have: three quarters, and no more than leaves the process its own.</summary>
    public static long ForClients(long limit) => Math.Max(LeastClients, Math.Min(limit / 4 * 3, limit - Own));

    /// <summary>Reads it from the lines of proc_pid_limits(5): name, soft limit, hard limit, unit.</summary>
    internal static long Read(IEnumerable<string> limits)
    {
        foreach (var line in limits)
        {
            if (!line.StartsWith(Line, StringComparison.Ordinal)) continue;
            var soft = line[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
        }

        return long.MaxValue;
    }
}
