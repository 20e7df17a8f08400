namespace Gateway.Live.Timeline;

/// <summary>What can happen to a live session. The numbers stand in journals and are never given to something else.</summary>
internal enum LiveRecordKind
{
    /// <summary>A chunk is stored, and its uploader was told so.</summary>
    Accepted = 1,

    /// <summary>A chunk's segment is stored.</summary>
    Made = 2,

    /// <summary>A chunk cannot be made into a segment.</summary>
    Failed = 3,

    /// <summary>A chunk that did not come in time is not waited for any longer, or a run of them.</summary>
    Missed = 4,

    /// <summary>The session has ended: by its uploader, or because nothing came.</summary>
    Ended = 5,
}
