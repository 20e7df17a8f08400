namespace Gateway.Caching.Fetching;

/// <summary>Outcome of a shared fetch's head for those who waited for it.</summary>
internal enum FetchEnding
{
    /// <summary>The response is stored; everybody reads along.</summary>
    Kept,

    /// <summary>The response is not stored, but everybody who waited reads along.</summary>
    Shared,

    /// <summary>The response is for the starter of the fetch: every other request fetches by itself.</summary>
    StarterOnly,

    /// <summary>A prefetch came before upstream had the object: the requests that joined meanwhile start one new fetch together.</summary>
    TooEarly,

    /// <summary>A copy on disk answers; it is in memory now.</summary>
    OnDisk,

    /// <summary>304: the stored response is confirmed.</summary>
    Confirmed,

    /// <summary>304, but its fields are for the starter of the fetch: every other request fetches by itself.</summary>
    ConfirmedForStarter,

    /// <summary>Upstream fails, and the stored response may be served stale.</summary>
    StaleIfError,

    /// <summary>Upstream gave no response.</summary>
    Failed,
}
