namespace Gateway.Caching.Disk;

/// <summary>What became of a look at the disk; the word in lower case is a metric's label as well.</summary>
internal enum DiskReadResult
{
    /// <summary>Read, and served.</summary>
    Hit,

    /// <summary>Read, but to be confirmed by upstream first.</summary>
    Stale,

    /// <summary>No copy fits the request.</summary>
    Missed,

    /// <summary>The copy was purged, or replaced.</summary>
    Dead,

    /// <summary>The bytes are not those that were written.</summary>
    Corrupt,

    /// <summary>The disk failed, or took too long.</summary>
    Failed,

    /// <summary>Too many others were reading, or memory had no space for it.</summary>
    Refused,
}
