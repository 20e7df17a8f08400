namespace Gateway.Access.Streams;

/// <summary>What a <see cref="StreamToken"/> is for. It goes into the signature, so a token for one is nothing for another.</summary>
internal enum StreamPurpose
{
    /// <summary>Send the chunks of one live session, and end it. Opens nothing.</summary>
    Upload = 1,

    /// <summary>Watch one live session.</summary>
    Watch = 2,

    /// <summary>The transcoder reads one chunk.</summary>
    ReadChunk = 3,

    /// <summary>The transcoder writes one segment.</summary>
    WriteSegment = 4,
}
