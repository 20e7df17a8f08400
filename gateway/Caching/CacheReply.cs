using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// The cellar's answer: a head, and a lease on a body that is there or still arriving. The room disposes it exactly once; until then no eviction takes the bytes away.
/// Used by one request at a time: one read after the other.
/// </summary>
internal abstract class CacheReply : IDisposable
{
    public required CacheResult Result { get; init; }

    /// <summary>Why nothing is kept, when <see cref="Result"/> is <see cref="CacheResult.Passed"/>.</summary>
    public PassReason Pass { get; init; }

    /// <summary>Why the request went towards upstream; <see cref="ForwardReason.None"/> on a hit.</summary>
    public ForwardReason Forward { get; init; }

    /// <summary>Status with which upstream answered, when it was asked (RFC 9211 <c>fwd-status</c>); 304 after a revalidation.</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>How often upstream was asked before this came of it; 0 when it was not.</summary>
    public int Tries { get; init; }

    /// <summary>It was held before this request came, whether or not upstream was asked about it: it has an age.</summary>
    public bool WasHeld => Result is CacheResult.Hit or CacheResult.Stale or CacheResult.StaleIfError or CacheResult.Revalidated;

    /// <summary>What upstream answered is being kept (RFC 9211 <c>stored</c>).</summary>
    public bool Stored { get; init; }

    /// <summary>Shared the fetch of another request (RFC 9211 <c>collapsed</c>).</summary>
    public bool Collapsed { get; init; }

    /// <summary>This is the first demand of something that was fetched ahead, also when that fetch is still under way.</summary>
    public bool WasPrefetched { get; init; }

    /// <summary>Why there is no response, when <see cref="Result"/> is <see cref="CacheResult.Failed"/>; then nothing below means anything.</summary>
    public OriginFailure? Failure { get; init; }

    /// <summary>Head of the held or arriving response. Empty (status 504) when there is none.</summary>
    public abstract ResponseHead Head { get; }

    /// <summary>Length of the whole object in bytes; null as long as it is not known.</summary>
    public abstract long? Length { get; }

    /// <summary>Whether the whole object is in: reads complete synchronously, and <see cref="Length"/> is known.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Age to be told in the <c>Age</c> field (RFC 9111 §4.2.3), as of now.</summary>
    public abstract TimeSpan Age { get; }

    /// <summary>How much longer it is fresh, as of now: negative when stale, null when that is unknown.</summary>
    public abstract TimeSpan? FreshFor { get; }

    /// <summary>Absolute URL after redirects: the base of the references in the body.</summary>
    public abstract string FinalUrl { get; }

    /// <summary>
    /// Whether bytes stay valid until <see cref="IDisposable.Dispose"/>. If not (a stream that is not kept, a file in slices), bytes are valid until the next read.
    /// </summary>
    public abstract bool BytesStay { get; }

    /// <summary>
    /// The bytes from <paramref name="position"/> on that are there, waiting for the first of them: at least one byte, or none at the body's end.
    /// Blocks are handed out whole and uncopied. A body that does not stay can only be read forwards.
    /// </summary>
    /// <exception cref="BrokenBodyException">The fetch broke; what was read so far is not a whole.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>: this reader left; nobody else notices.</exception>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving);

    /// <summary>Shortens the stay of what is held: live lifetimes are known only to who has parsed the manifest. Counted from the response's arrival; never prolongs.</summary>
    public abstract void LimitFreshness(TimeSpan lifetime);

    /// <summary>What a room has derived from this object (a parsed playlist), kept beside it; null when there is none. Never outlives the object's bytes.</summary>
    public abstract object? Derived { get; }

    /// <summary>Keeps a derived form beside the object, at the cost of <paramref name="bytes"/> in the budget. Refused (false) when there is no room, or the object is not kept.</summary>
    public abstract bool TryKeepDerived(object derived, long bytes);

    /// <summary>Gives everything back, also while a read is still waiting: then its end is nobody's any more.</summary>
    public abstract void Dispose();
}
