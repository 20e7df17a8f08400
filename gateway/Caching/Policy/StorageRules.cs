namespace Gateway.Caching.Policy;

/// <summary>
/// What a handler adds to, or takes from, HTTP's own rules of caching for one kind of object. A shared instance per kind, not one per request.
/// </summary>
internal sealed class StorageRules
{
    /// <summary>Plain HTTP caching: nothing is stored unless upstream states a lifetime.</summary>
    public static StorageRules Http { get; } = new();

    /// <summary>Rules for published media, which do not change: upstream's lifetime, and <see cref="CacheOptions.DefaultLifetime"/> where it states none.</summary>
    public static StorageRules Media { get; } = new() { KeptByDefault = true, ShareUnkept = true };

    /// <summary>Stored for <see cref="CacheOptions.DefaultLifetime"/> when upstream states no lifetime: published media do not change.</summary>
    public bool KeptByDefault { get; init; }

    /// <summary>Lifetime when upstream states none; null (default): such an object is not stored, unless it is <see cref="KeptByDefault"/>.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>Heuristic freshness where upstream states no lifetime (<see cref="CacheOptions.HeuristicShare"/>). Off by default.</summary>
    public bool MayGuess { get; init; }

    /// <summary>Upper bound of the lifetime, whatever upstream states; null (default): no bound.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>Lifetime of 404 and 410 responses that carry none of their own; null (default): <see cref="CacheOptions.NegativeLifetime"/>; zero: not stored.</summary>
    public TimeSpan? NegativeLifetime { get; init; }

    /// <summary>
    /// A response that sets a cookie is for its requester alone, whatever its freshness (RFC 9111 §7.3 leaves it to the cache). Media are served
    /// without their cookies instead. Off by default.
    /// </summary>
    public bool CookiesArePersonal { get; init; }

    /// <summary>
    /// Upstream sees the requester (credentials, address): then its 429 or 408 is meant for one client. Media are requested by the gateway itself, and such a
    /// response is for all who wait. Off by default.
    /// </summary>
    public bool UpstreamSeesAsker { get; init; }

    /// <summary>Larger objects stream through without being stored; null (default): <see cref="CacheOptions.MaxObjectBytes"/>.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>
    /// Requests that wait for the same fetch share the response even when it may not be stored (a live playlist marked no-cache or no-store): a hundred viewers of a live edge are one
    /// request. A response private to a user is not shared all the same. Off by default.
    /// </summary>
    public bool ShareUnkept { get; init; }

    /// <summary>How long after expiry the object may be served when upstream fails and had stated no stale-if-error (RFC 5861 §4). Zero by default.</summary>
    public TimeSpan StaleIfError { get; init; }

    /// <summary>How long after expiry the object may be served while it is being revalidated, when upstream stated no stale-while-revalidate (RFC 5861 §3). Zero by default.</summary>
    public TimeSpan StaleWhileRevalidate { get; init; }
}
