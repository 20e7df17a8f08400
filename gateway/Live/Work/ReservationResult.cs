namespace Gateway.Live.Work;

/// <summary>Whether a place in the queue was reserved for one more chunk.</summary>
internal enum ReservationResult
{
    Reserved,

    /// <summary>The session has as many waiting as it may.</summary>
    SessionFull,

    /// <summary>All together have.</summary>
    Full,
}
