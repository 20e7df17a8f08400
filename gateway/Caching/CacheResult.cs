namespace Gateway.Caching;

/// <summary>How the cache answered; the snake-case name is a log field and a metric label as well.</summary>
internal enum CacheResult
{
    /// <summary>Held and fresh.</summary>
    Hit,

    /// <summary>Held and stale, served while it is being revalidated in the background (RFC 5861 §3, or the client's max-stale).</summary>
    Stale,

    /// <summary>Held and stale, served because upstream fails (RFC 5861 §4).</summary>
    StaleIfError,

    /// <summary>Held; upstream confirmed it with a 304.</summary>
    Revalidated,

    /// <summary>Joined a fetch that another request or a prefetch started.</summary>
    Joined,

    /// <summary>Started the fetch, whose response is being stored.</summary>
    Filled,

    /// <summary>Went upstream without anything being stored; <see cref="CacheReply.Pass"/> tells why.</summary>
    Passed,

    /// <summary>Upstream gave no response; <see cref="CacheReply.Failure"/> tells why.</summary>
    Failed,

    /// <summary>The client asked for a stored response only (only-if-cached), and none fits.</summary>
    NotHeld,
}
