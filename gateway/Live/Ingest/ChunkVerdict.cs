namespace Gateway.Live.Ingest;

/// <summary>What became of a chunk that has arrived whole.</summary>
internal enum ChunkVerdict
{
    Accepted,

    /// <summary>It is stored, and comes too late to be listed.</summary>
    Late,

    /// <summary>The same is there already.</summary>
    Repeated,

    /// <summary>Another one is there already.</summary>
    Conflict,

    NotMedia,
    TooLong,
    WrongDigest,
}
