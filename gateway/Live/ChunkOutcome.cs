namespace Gateway.Live;

/// <summary>What became of a chunk; its snake-case name is a metric label.</summary>
internal enum ChunkOutcome
{
    /// <summary>It is stored, and its uploader was told so.</summary>
    Received,

    /// <summary>The same chunk was sent again.</summary>
    Repeated,

    /// <summary>It came too late to be listed, and is stored.</summary>
    Late,

    /// <summary>It was not taken: wrong, too large, another one under a used index, no room.</summary>
    Refused,

    /// <summary>Its segment is stored.</summary>
    Processed,

    /// <summary>It cannot be made into a segment.</summary>
    Failed,

    /// <summary>It never came, and is listed as a gap.</summary>
    Missed,
}
