namespace Gateway.Admin;

/// <summary>The cache's disk as operators see it.</summary>
internal sealed record DiskSnapshot
{
    /// <summary><c>off</c>, <c>opening</c>, <c>working</c>, <c>degraded</c>: memory alone serves.</summary>
    public required string State { get; init; }

    /// <summary>What is wrong, where it is degraded.</summary>
    public string? Trouble { get; init; }

    /// <summary>Bytes of objects on disk.</summary>
    public required long Bytes { get; init; }

    public required long LimitBytes { get; init; }

    /// <summary>Objects on disk.</summary>
    public required int Entries { get; init; }
}
