namespace Gateway.Sessions.Registry;

/// <summary>How a request with a genuine ticket found its session.</summary>
internal enum ResumeVerdict
{
    /// <summary>It goes on.</summary>
    Resumed,

    /// <summary>It is over.</summary>
    Ended,

    /// <summary>Nobody here remembers it, and the table has no place for it.</summary>
    Full,
}
