namespace Gateway.Sessions.Limits;

/// <summary>The stream limit's decision on a session's request for media.</summary>
internal enum StreamVerdict
{
    /// <summary>It holds a place.</summary>
    Holds,

    /// <summary>A place is free.</summary>
    Free,

    /// <summary>It may take the place of what it succeeds.</summary>
    Succeeds,

    /// <summary>Others have all places.</summary>
    TooMany,

    /// <summary>The session itself is over.</summary>
    Ended,
}
