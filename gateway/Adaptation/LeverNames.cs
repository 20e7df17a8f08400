using System.Diagnostics.CodeAnalysis;

namespace Gateway.Adaptation;

/// <summary>Reads <c>all</c>, <c>none</c> or names of levers with commas between them, as configuration and the load tester have it.</summary>
internal static class LeverNames
{
    /// <summary>One lever each, by its name.</summary>
    public static IReadOnlyList<(string Name, AdaptationLevers Lever)> All { get; } =
    [
        ("cmsd", AdaptationLevers.Cmsd),
        ("throughput", AdaptationLevers.Throughput),
        ("start", AdaptationLevers.Start),
        ("pacing", AdaptationLevers.Pacing),
        ("auto", AdaptationLevers.Auto),
        ("errors", AdaptationLevers.Errors),
    ];

    /// <param name="text">Case does not count; neither do spaces around names.</param>
    /// <param name="levers">What it says.</param>
    /// <param name="unknown">The first word that is no lever; null when all are.</param>
    public static bool TryRead(string text, out AdaptationLevers levers, [NotNullWhen(false)] out string? unknown)
    {
        levers = AdaptationLevers.None;
        unknown = null;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryFind(part) is not { } found)
            {
                unknown = part;
                return false;
            }

            levers |= found;
        }

        return true;
    }

    /// <summary>The names with commas between them; <c>none</c> where there are none.</summary>
    public static string Write(AdaptationLevers levers) =>
        levers == AdaptationLevers.None ? "none" : string.Join(',', All.Where(l => levers.HasFlag(l.Lever)).Select(static l => l.Name));

    private static AdaptationLevers? TryFind(string name)
    {
        if (name.Equals("all", StringComparison.OrdinalIgnoreCase)) return AdaptationLevers.All;
        if (name.Equals("none", StringComparison.OrdinalIgnoreCase)) return AdaptationLevers.None;
        foreach (var (known, lever) in All)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase)) return lever;
        }

        return null;
    }
}
