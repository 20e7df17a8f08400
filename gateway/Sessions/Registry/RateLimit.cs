using System.Threading.RateLimiting;

namespace Gateway.Sessions.Registry;

/// <summary>
/// So many calls in a sliding window, each key by itself. Thread-safe. Its owner disposes it: until then a timer holds it and all that it refers to, which is why the server's own middleware for this is not used (it is never disposed, and
/// would keep a gateway in memory that has ended).
/// </summary>
/// <param name="permits">Calls in a window.</param>
/// <param name="window">Its length. It slides in sixths.</param>
internal sealed class RateLimit(int permits, TimeSpan window) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
    {
        PermitLimit = permits,
        Window = window,
        SegmentsPerWindow = 6,
        QueueLimit = 0,
    }));

    /// <param name="key">Whose call it is. It is kept for a while: nothing that a client can invent.</param>
    /// <param name="retryAfter">When one that is refused may come again; null when unknown.</param>
    public bool TryTake(string key, out TimeSpan? retryAfter)
    {
        using var lease = _limiter.AttemptAcquire(key);
        retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null;
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
