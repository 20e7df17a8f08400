using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Caching.Eviction;

/// <summary>The memory that the process uses, and its limit.</summary>
/// <param name="Used">Resident bytes, less those that the garbage collector holds with nothing living in them.</param>
/// <param name="Limit">Bytes of the container's limit, or of the machine.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MemoryLoad(long Used, long Limit)
{
    private static readonly long ProcessLimit = FindLimit("/sys/fs/cgroup", "/proc/self/cgroup");

    /// <summary>Resident bytes, as the system counts them.</summary>
    public long Resident { get; init; } = Used;

    /// <summary>Changes with each completed full collection: only those collect long-lived objects.</summary>
    public long Collections { get; init; }

    public double Share => Limit > 0 ? (double)Used / Limit : 0;

    public static MemoryLoad OfThisProcess()
    {
        var resident = Environment.WorkingSet;
        var empty = GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes - GC.GetTotalMemory(forceFullCollection: false);
        return new MemoryLoad(resident - Math.Max(0, empty), ProcessLimit)
        {
            Resident = resident,
            Collections = Math.Max(GC.GetGCMemoryInfo(GCKind.FullBlocking).Index, GC.GetGCMemoryInfo(GCKind.Background).Index),
        };
    }

    /// <summary>
    /// The smallest of the limits that apply. The runtime's own figure is not enough: in a container it is the heap's default limit, three quarters of the container's,
    /// and a quarter of that would not be a quarter of what the operator gave.
    /// </summary>
    /// <param name="root">Where cgroups are mounted.</param>
    /// <param name="membership">The file that names the process's own.</param>
    internal static long FindLimit(string root, string membership)
    {
        var limit = CgroupLimit(root, membership);
        if (limit == long.MaxValue) limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (GC.GetConfigurationVariables().TryGetValue("GCHeapHardLimit", out var configured))
        {
            var heap = Convert.ToInt64(configured, CultureInfo.InvariantCulture);
            if (heap > 0) limit = Math.Min(limit, heap);
        }

        return limit;
    }

    /// <summary>Every level from the process's group up to the root may limit, in both versions. Absent or unreadable: no limit.</summary>
    private static long CgroupLimit(string root, string membership)
    {
        var limit = Math.Min(ReadLimit($"{root}/memory.max"), ReadLimit($"{root}/memory/memory.limit_in_bytes"));
        try
        {
            foreach (var line in File.ReadLines(membership))
            {
                // Version 2 has one line, "0::/group"; version 1 one for each controller, "4:memory:/group".
                if (line.Split(':', 3) is not [_, var controllers, var path] || controllers is not ("" or "memory")) continue;
                var (folder, file) = controllers.Length == 0 ? (root, "memory.max") : ($"{root}/memory", "memory.limit_in_bytes");
                for (var group = path.TrimEnd('/'); group.Length > 0; group = group[..Math.Max(0, group.LastIndexOf('/'))])
                    limit = Math.Min(limit, ReadLimit($"{folder}{group}/{file}"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not Linux, or /proc is hidden: then the runtime's figure counts.
        }

        return limit;
    }

    private static long ReadLimit(string file)
    {
        try
        {
            // For "no limit", version 1 writes a number near 2^63, version 2 "max".
            return File.Exists(file) && long.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var limit)
                && limit is > 0 and < 1L << 60
                ? limit
                : long.MaxValue;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }
}
