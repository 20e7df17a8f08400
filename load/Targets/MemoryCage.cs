using System.Globalization;

namespace Gateway.Load.Targets;

/// <summary>
/// A hard memory limit for one process: a control group of its own, in which the kernel kills a process beyond the limit; where no such group can be made (no root,
/// read-only cgroups), the runtime's own limit on its heap, three quarters of it, as in a container.
/// </summary>
internal sealed class MemoryCage : IDisposable
{
    private readonly long _bytes;
    private readonly string? _group;
    private readonly OrphanCleanup? _cleanup;

    private MemoryCage(long bytes, string? group)
    {
        _bytes = bytes;
        _group = group;
        // The kernel takes a moment to release the processes that were killed before.
        _cleanup = group is null ? null : OrphanCleanup.Note($"for i in 1 2 3 4 5 6 7 8 9 10; do rmdir {group} && break; sleep 1; done");
    }

    /// <summary>The mechanism of the limit, for the report.</summary>
    public string Keeper => _group is null ? "DOTNET_GCHeapHardLimit" : "cgroup";

    /// <summary>Whether the kernel holds it, and counts.</summary>
    public bool IsGroup => _group is not null;

    /// <summary>Most that the group ever held, the kernel's pages of files included; null where it is not counted.</summary>
    public long? PeakBytes => Number("memory.peak", "") ?? Number("memory.max_usage_in_bytes", "");

    /// <summary>Processes that the kernel killed for want of memory; null where it is not counted.</summary>
    public long? Kills => Number("memory.events", "oom_kill ") ?? Number("memory.oom_control", "oom_kill ");

    public static MemoryCage Create(long bytes)
    {
        (string Folder, string File)[] kinds = [("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")];
        foreach (var (folder, file) in kinds)
        {
            var group = Path.Combine(folder, $"gateway-{Guid.NewGuid():N}");
            try
            {
                if (!Directory.Exists(folder)) continue;
                Directory.CreateDirectory(group);
                if (File.Exists(Path.Combine(group, file)))
                {
                    File.WriteAllText(Path.Combine(group, file), bytes.ToString(CultureInfo.InvariantCulture));
                    return new MemoryCage(bytes, group);
                }

                Directory.Delete(group);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // No permission to create this kind of group: the next kind is tried, or none.
            }
        }

        return new MemoryCage(bytes, null);
    }

    /// <summary>The command that starts a program in the cage: the shell goes in, and becomes the program.</summary>
    public string[] Launch(string program) => _group is null ? [program] : ["/bin/sh", "-c", $"echo $$ > {_group}/cgroup.procs && exec {program} \"$@\"", "sh"];

    public void Limit(IDictionary<string, string?> environment)
    {
        if (_group is null) environment["DOTNET_GCHeapHardLimit"] = (_bytes / 4 * 3).ToString("X", CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        try
        {
            if (_group is not null) Directory.Delete(_group);
            _cleanup?.Dispose();
        }
        catch (IOException)
        {
            // The kernel has not released the process yet; the shell tries again at the end.
        }
    }

    private long? Number(string file, string label)
    {
        if (_group is null || !File.Exists(Path.Combine(_group, file))) return null;
        var line = File.ReadLines(Path.Combine(_group, file)).FirstOrDefault(l => l.StartsWith(label, StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(label.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
