using System.Globalization;

namespace Gateway.Load.Targets;

/// <summary>Starts a program with a clock that is wrong, by libfaketime of Debian's package of that name. Its timers and everything that measures durations are right.</summary>
internal static class FakeClock
{
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
            ["FAKETIME"] = string.Create(CultureInfo.InvariantCulture, $"{by.TotalSeconds:+0;-0}s"),
            // A monotonic clock knows no time of day.
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
        };
    }
}
