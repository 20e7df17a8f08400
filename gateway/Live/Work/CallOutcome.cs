namespace Gateway.Live.Work;

/// <summary>How a call to the transcoder ended.</summary>
internal enum CallOutcome
{
    Made,

    /// <summary>It cannot make a segment of this chunk, now or later.</summary>
    Refused,

    /// <summary>It tried and failed, or did not answer in time.</summary>
    Failed,

    /// <summary>It has no room.</summary>
    Busy,

    /// <summary>It was not reached.</summary>
    Unreachable,
}
