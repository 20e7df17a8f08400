namespace Gateway.Caching.Fetching;

/// <summary>What the head of a shared fetch meant for those who waited for it.</summary>
internal enum FetchEnding
{
    /// <summary>It is kept; everybody reads along.</summary>
    Kept,

    /// <summary>It is not kept, but everybody who waited reads along.</summary>
    Shared,

    /// <summary>It is for the one who started the fetch: everybody else goes itself.</summary>
    StarterOnly,

    /// <summary>Upstream was asked ahead of demand and does not have it yet: whoever came meanwhile asks anew, together.</summary>
    TooEarly,

    /// <summary>304: what was held is confirmed.</summary>
    Confirmed,

    /// <summary>304, but what it says is for the one who started the fetch: everybody else goes itself.</summary>
    ConfirmedForStarter,

    /// <summary>Upstream is broken, and what was held may be given all the same.</summary>
    StaleIfError,

    /// <summary>No response.</summary>
    Failed,
}
