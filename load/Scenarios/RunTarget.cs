using System.Collections.Immutable;

namespace Gateway.Load.Scenarios;

/// <summary>Where the players of a run go.</summary>
/// <param name="Origin">Scheme, host and port, without a slash at its end.</param>
/// <param name="Description">For the report: what it is and where it runs.</param>
internal sealed record RunTarget(string Origin, string Description)
{
    /// <summary>The trace files that an audience draws from, by name, so that each machine has the same order; empty where it wants none.</summary>
    /// <exception cref="IOException">The folder is not there or has none.</exception>
    public static ImmutableArray<string> TracesOf(Audience audience)
    {
        if (audience.Links is not { Traces: { } folder, Kbps: 0 }) return [];
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder of traces '{folder}' is not there.");
        ImmutableArray<string> files = [.. Directory.GetFiles(folder, "*.csv").Where(static f => Path.GetFileName(f) != "index.csv").Order(StringComparer.Ordinal)];
        return files.IsEmpty ? throw new FileNotFoundException($"The folder '{folder}' has no traces (*.csv).") : files;
    }
}
