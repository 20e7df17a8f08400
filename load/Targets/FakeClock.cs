using System.Globalization;

namespace Gateway.Load.Targets;

/// <summary>Starts a program with a clock that is wrong, by libfaketime of Debian's package of that name. Its timers and everything that measures durations are right.</summary>
internal static class FakeClock
{
    /// <summary>In which a program is told how wrong its clock is.</summary>
    public const string Variable = "FAKETIME";

    private const string Library = "libfaketimeMT.so.1";

    /// <summary>Environment of the program.</summary>
    /// <exception cref="IOException">The library is missing.</exception>
    public static IReadOnlyDictionary<string, string> Ahead(TimeSpan by)
    {
        var library = Directory.Exists("/usr/lib") ? Directory.GetDirectories("/usr/lib", "*-linux-gnu*").Select(static d => Path.Combine(d, "faketime", Library)).FirstOrDefault(File.Exists) : null;
        if (library is null) throw new IOException($"{Library} is missing: it stands for a clock that is wrong. Debian has it in the package libfaketime.");
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = library,
            [Variable] = string.Create(CultureInfo.InvariantCulture, $"{by.TotalSeconds:+0;-0}s"),
            // A monotonic clock knows no time of day.
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
        };
    }

    /// <summary>Takes away what the library leaves in shared memory when its process is killed.</summary>
    /// <param name="process">Its number; it has ended.</param>
    public static void Clean(int process)
    {
        foreach (var name in (string[])["faketime_shm_", "sem.faketime_sem_"]) File.Delete(string.Create(CultureInfo.InvariantCulture, $"/dev/shm/{name}{process}"));
    }
}
