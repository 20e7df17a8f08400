namespace Gateway.Live.Work;

/// <summary>Whether one more chunk has room in the queue.</summary>
internal enum RoomVerdict
{
    Reserved,

    /// <summary>The session has as many waiting as it may.</summary>
    SessionFull,

    /// <summary>All together have.</summary>
    Full,
}
