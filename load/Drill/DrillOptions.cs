namespace Gateway.Load.Drill;

/// <summary>What the drill is made with.</summary>
/// <param name="Target">Where players come.</param>
/// <param name="AdminAddress">Where <c>/admin</c> is.</param>
/// <param name="AdminKey"><c>X-Admin-Key</c>.</param>
/// <param name="Titles">One of each source class.</param>
internal sealed record DrillOptions(Uri Target, Uri AdminAddress, string AdminKey, IReadOnlyList<DrillTitle> Titles)
{
    /// <summary>Bearer token; null where everybody is let in.</summary>
    public string? Token { get; init; }

    /// <summary>Addresses of all gateways with <c>/metrics</c>.</summary>
    public required IReadOnlyList<Uri> Nodes { get; init; }

    /// <summary>How long handoffs are counted before the switch, and after each.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long each segmented session plays with two seeks in it; what its viewer waits for pictures comes on top.</summary>
    public TimeSpan Play { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long each reply and each first picture may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
}
