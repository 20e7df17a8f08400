namespace Gateway.Caching.Policy;

/// <summary>
/// What a handler adds to, or takes from, HTTP's own rules of caching for one kind of object. A shared instance per kind, not one per request.
/// </summary>
internal sealed class StorageRules
{
    /// <summary>Plain HTTP caching: nothing is kept unless upstream said for how long.</summary>
    public static StorageRules Http { get; } = new();

    /// <summary>Published media do not change: by upstream's word, and for <see cref="CacheOptions.DefaultLifetime"/> where it says nothing.</summary>
    public static StorageRules Media { get; } = new() { KeptByDefault = true, ShareUnkept = true };

    /// <summary>Published media do not change: kept for <see cref="CacheOptions.DefaultLifetime"/> when upstream says nothing.</summary>
    public bool KeptByDefault { get; init; }

    /// <summary>Lifetime when upstream says nothing; null (default): such an object is not kept, unless it is <see cref="KeptByDefault"/>.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>Where upstream says nothing the response's own age may tell (<see cref="CacheOptions.HeuristicShare"/>). Off by default.</summary>
    public bool MayGuess { get; init; }

    /// <summary>Upper bound of the lifetime, whatever upstream says; null (default): no bound.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>Lifetime of 404 and 410 answers that carry none of their own; null (default): <see cref="CacheOptions.NegativeLifetime"/>; zero: not kept.</summary>
    public TimeSpan? NegativeLifetime { get; init; }

    /// <summary>
    /// A response that sets a cookie is for its asker alone, whatever it says of its freshness (RFC 9111 §7.3 leaves it to the cache). Media are given
    /// without their cookies instead. Off by default.
    /// </summary>
    public bool CookiesArePersonal { get; init; }

    /// <summary>
    /// Upstream sees who asks (credentials, address): then a limit or a timeout that it tells of (429, 408) is one client's. Media are asked for by the gateway itself, and such an
    /// answer is for all who wait. Off by default.
    /// </summary>
    public bool UpstreamSeesAsker { get; init; }

    /// <summary>Larger objects stream through unkept; null (default): <see cref="CacheOptions.MaxObjectBytes"/>.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>
    /// Those who wait for the same fetch share what comes even when it may not be kept (a live playlist marked no-cache or no-store): a hundred viewers of a live edge are one
    /// request. What is private to a user is not shared all the same. Off by default.
    /// </summary>
    public bool ShareUnkept { get; init; }

    /// <summary>How long after expiry the object may be given when upstream is broken and says nothing about it itself (RFC 5861 §4). Zero by default.</summary>
    public TimeSpan StaleIfError { get; init; }

    /// <summary>How long after expiry the object may be given while it is being revalidated, when upstream says nothing about it itself (RFC 5861 §3). Zero by default.</summary>
    public TimeSpan StaleWhileRevalidate { get; init; }
}
