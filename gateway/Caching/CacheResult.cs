namespace Gateway.Caching;

/// <summary>How the cellar answered; the word is a log field and a metric label as well.</summary>
internal enum CacheResult
{
    /// <summary>Held and fresh.</summary>
    Hit,

    /// <summary>Held and stale, given while it is being revalidated in the background (RFC 5861 §3, or the client's max-stale).</summary>
    Stale,

    /// <summary>Held and stale, given because upstream is broken (RFC 5861 §4).</summary>
    StaleIfError,

    /// <summary>Held; upstream confirmed it with a 304.</summary>
    Revalidated,

    /// <summary>Reads along with a fetch that another request or a prefetch started.</summary>
    Joined,

    /// <summary>Started the fetch, and what comes is being kept.</summary>
    Filled,

    /// <summary>Went upstream without anything being kept; <see cref="CacheReply.Pass"/> says why.</summary>
    Passed,

    /// <summary>Upstream gave no response; <see cref="CacheReply.Failure"/> says why.</summary>
    Failed,

    /// <summary>The client asked for what is held only (only-if-cached), and nothing fits.</summary>
    NotHeld,
}
