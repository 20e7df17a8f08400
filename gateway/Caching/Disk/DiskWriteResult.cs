namespace Gateway.Caching.Disk;

/// <summary>What became of an object that was requested often enough for the disk; the word in lower case is a metric's label as well.</summary>
internal enum DiskWriteResult
{
    Written,

    /// <summary>Written again before its slab was emptied, because it was used.</summary>
    Kept,

    /// <summary>The writer had too much to do.</summary>
    Dropped,

    /// <summary>The disk is full, or failed.</summary>
    Failed,
}
