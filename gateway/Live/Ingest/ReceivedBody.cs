namespace Gateway.Live.Ingest;

/// <summary>How the reading of an upload's body ended.</summary>
internal enum ReceivedBody
{
    /// <summary>To its end.</summary>
    Whole,

    /// <summary>It has more bytes than a chunk may.</summary>
    TooLarge,

    /// <summary>The client went away, or sent less than it announced.</summary>
    Cut,

    TooSlow,

    /// <summary>Another request has taken the upload over.</summary>
    TakenOver,

    /// <summary>It could not be written.</summary>
    NoRoom,
}
