namespace Gateway.Caching.Disk;

/// <summary>How far an entry in memory has come on its way to the disk.</summary>
internal enum DiskUseState
{
    /// <summary>No copy, or none any more.</summary>
    New,

    /// <summary>Requested twice, but its bytes are still arriving.</summary>
    Wanted,

    /// <summary>With the writer.</summary>
    Offered,

    /// <summary>There is a copy.</summary>
    Stored,

    /// <summary>A newer response has come while it was with the writer: it is not to be found. Final.</summary>
    Displaced,
}
