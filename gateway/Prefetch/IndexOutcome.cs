namespace Gateway.Prefetch;

/// <summary>What came of reading a file's index; the lower-case word is a metric label.</summary>
internal enum IndexOutcome
{
    /// <summary>Its segments are known.</summary>
    Read,

    /// <summary>What lies where the manifest says is no index.</summary>
    Invalid,

    /// <summary>Upstream did not give it, not in time, or does not let it be kept.</summary>
    Failed,
}
