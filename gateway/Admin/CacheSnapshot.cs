namespace Gateway.Admin;

/// <summary>The cache as operators see it: <c>GET /admin/cache</c>.</summary>
internal sealed record CacheSnapshot
{
    public required long Bytes { get; init; }

    public required long LimitBytes { get; init; }

    /// <summary>Objects stored or being fetched.</summary>
    public required int Entries { get; init; }

    /// <summary>Fetches under way.</summary>
    public required int Fetches { get; init; }

    /// <summary><c>normal</c>, <c>high</c>, <c>critical</c>: of the budget or of the process's memory, whichever is worse.</summary>
    public required string Pressure { get; init; }

    /// <summary>Bytes of blocks in use.</summary>
    public required long LentBytes { get; init; }

    /// <summary>Bytes of free blocks in the pool.</summary>
    public required long IdleBytes { get; init; }

    /// <summary>Requests since the start, by outcome.</summary>
    public required IReadOnlyDictionary<string, long> Requests { get; init; }

    /// <summary>Entries evicted since the start, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Evictions { get; init; }

    /// <summary>The tier below the memory.</summary>
    public required DiskSnapshot Disk { get; init; }
}
