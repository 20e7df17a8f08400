namespace Gateway.Timelines;

/// <summary>What a <see cref="TimelineEntry"/> is to a player.</summary>
internal enum EntryKind
{
    /// <summary>A whole media segment.</summary>
    Segment,

    /// <summary>A partial segment of low-latency HLS.</summary>
    Part,

    /// <summary>A part announced but not produced yet: upstream holds a request for it until it is there.</summary>
    Hint,

    /// <summary>An initialisation section (EXT-X-MAP, Initialization): needed once before the segments that name it.</summary>
    Init,

    /// <summary>A decryption key that is fetched over HTTP.</summary>
    Key,
}
