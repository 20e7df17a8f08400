namespace Gateway.Prefetch;

/// <summary>Outcome of reading a file's index; the lower-case name is a metric label.</summary>
internal enum IndexOutcome
{
    /// <summary>The index was read, and its segments are known.</summary>
    Read,

    /// <summary>The range that the manifest gives holds no index.</summary>
    Invalid,

    /// <summary>Upstream did not give the index, not in time, or forbids storing it.</summary>
    Failed,
}
