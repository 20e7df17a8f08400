using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Connections.Sending;
using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// The cache's reply: a head, and a lease on a body that is complete or still arriving. The handler disposes it exactly once; until then no eviction frees the bytes.
/// One request uses it: one read after the other.
/// </summary>
internal abstract class CacheReply : IDisposable
{
    public required CacheResult Result { get; init; }

    /// <summary>Why nothing is stored, when <see cref="Result"/> is <see cref="CacheResult.Passed"/>.</summary>
    public PassReason Pass { get; init; }

    /// <summary>Why the request went towards upstream; <see cref="ForwardReason.None"/> on a hit.</summary>
    public ForwardReason Forward { get; init; }

    /// <summary>Status with which upstream answered, when it was asked (RFC 9211 <c>fwd-status</c>); 304 after a revalidation.</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>Requests sent upstream for this reply; 0 when none was.</summary>
    public int Tries { get; init; }

    /// <summary>The response was stored before this request came, whether or not it was revalidated: it has an age.</summary>
    public bool WasHeld => Result is CacheResult.Hit or CacheResult.Stale or CacheResult.StaleIfError or CacheResult.Revalidated;

    /// <summary>Upstream's response is being stored (RFC 9211 <c>stored</c>).</summary>
    public bool Stored { get; init; }

    /// <summary>The request shared the fetch of another one (RFC 9211 <c>collapsed</c>).</summary>
    public bool Collapsed { get; init; }

    /// <summary>It came from disk for this request.</summary>
    public bool FromDisk { get; init; }

    /// <summary>This is the first demand of a prefetched object, also when that fetch is still under way.</summary>
    public bool WasPrefetched { get; init; }

    /// <summary>Why there is no response, when <see cref="Result"/> is <see cref="CacheResult.Failed"/>; then the members below have no meaning.</summary>
    public OriginFailure? Failure { get; init; }

    /// <summary>Head of the held or arriving response. Empty (status 504) when there is none.</summary>
    public abstract ResponseHead Head { get; }

    /// <summary>Length of the whole object in bytes; null as long as it is not known.</summary>
    public abstract long? Length { get; }

    /// <summary>Whether the whole object is in: reads complete synchronously, and <see cref="Length"/> is known.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Value of the <c>Age</c> field (RFC 9111 §4.2.3), as of now.</summary>
    public abstract TimeSpan Age { get; }

    /// <summary>How much longer it is fresh, as of now: negative when stale, null when that is unknown.</summary>
    public abstract TimeSpan? FreshFor { get; }

    /// <summary>Absolute URL after redirects: the base of the references in the body.</summary>
    public abstract string FinalUrl { get; }

    /// <summary>
    /// Whether bytes stay valid until <see cref="IDisposable.Dispose"/>. If not (a stream that is not stored, a file in slices), bytes are valid until the next read.
    /// </summary>
    public abstract bool BytesStay { get; }

    /// <summary>
    /// Reads the bytes that are there from <paramref name="position"/> on, waiting for the first of them: at least one byte, or none at the body's end.
    /// Blocks are handed out whole and uncopied. A body that is not stored can only be read forwards.
    /// </summary>
    /// <exception cref="BrokenBodyException">The fetch broke; the bytes read so far are not the whole body.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>: this reader left; other readers are not affected.</exception>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving);

    /// <summary>
    /// Takes a further lease on the bytes of the latest read, for whoever uses them beyond the next read or this reply's end. False where they do not stay: a stream that is not stored. The bytes are pinned.
    /// </summary>
    public virtual bool TryLend(out ByteLease lease)
    {
        lease = default;
        return false;
    }

    /// <summary>Shortens the freshness lifetime: that of a live playlist is known only after parsing. Counted from the response's arrival; never prolongs.</summary>
    public abstract void LimitFreshness(TimeSpan lifetime);

    /// <summary>What a handler has derived from this object (a parsed playlist), kept beside it; null when there is none. Never outlives the object's bytes.</summary>
    public abstract object? Derived { get; }

    /// <summary>Keeps a derived form beside the object, at the cost of <paramref name="bytes"/> in the budget. Refused (false) when there is no space, or the object is not stored.</summary>
    public abstract bool TryKeepDerived(object derived, long bytes);

    /// <summary>Gives everything back, also while a read is still waiting: that read must not be awaited any more.</summary>
    public abstract void Dispose();
}
