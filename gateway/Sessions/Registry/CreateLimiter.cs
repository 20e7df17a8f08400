using System.Threading.RateLimiting;
using Gateway.Access;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Limits how fast one household (<see cref="ClientNetwork"/>) may open sessions, by whatever call: a create, a handoff, or the first request of a player for a URL. Thread-safe.
/// </summary>
internal sealed class CreateLimiter : IDisposable
{
    private readonly PartitionedRateLimiter<string> _byHousehold;

    public CreateLimiter(SessionsOptions options)
    {
        _byHousehold = PartitionedRateLimiter.Create<string, string>(fixture => RateLimitPartition.GetSlidingWindowLimiter(fixture, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = options.CreatesPerWindow,
            Window = options.CreateWindow,
            SegmentsPerWindow = 6,
            QueueLimit = 0,
        }));
    }

    /// <param name="context">For the client's address.</param>
    /// <param name="retryAfter">When a refused client may try again; null when unknown.</param>
    public bool TryTake(HttpContext context, out TimeSpan? retryAfter)
    {
        using var lease = _byHousehold.AttemptAcquire(ClientNetwork.Of(context.Connection.RemoteIpAddress));
        retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null;
        return lease.IsAcquired;
    }

    public void Dispose() => _byHousehold.Dispose();
}
