namespace Gateway.Load.Drill;

/// <summary>A title of one source class.</summary>
/// <param name="Source">Cluster that has it; null for the library.</param>
/// <param name="MediaId">Its name.</param>
internal sealed record DrillTitle(string? Source, string MediaId)
{
    public string Label => Source ?? "library";

    /// <summary><c>cluster=title</c>; null for something else.</summary>
    public static DrillTitle? Read(string text) => text.Split('=', 2) is [{ Length: > 0 } source, { Length: > 0 } title] ? new DrillTitle(source, title) : null;
}
