using Gateway.Connections.Sending;
using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>A lease on an entry whose body is complete: read without any lock or wait.</summary>
internal class EntryReply(CacheParts parts, CacheEntry entry) : CacheReply
{
    private int _disposed;

    public override ResponseHead Head => entry.Head;

    public override long? Length => entry.Body.Length;

    public override bool IsComplete => entry.Body.IsComplete;

    public override TimeSpan Age => entry.AgeAt(parts.Now);

    public override TimeSpan? FreshFor => entry.Freshness.Lifetime is null ? null : entry.FreshForAt(parts.Now);

    public override string FinalUrl => entry.FinalUrl;

    public override bool BytesStay => entry.Body.BytesStay;

    public override object? Derived => entry.Derived;

    protected bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving) => new(entry.Body.Slice(position));

    public override bool TryLend(out ByteLease lease) => entry.Body.TryLend(out lease);

    public override void LimitFreshness(TimeSpan lifetime) => entry.LimitFreshness(lifetime);

    public override bool TryKeepDerived(object derived, long bytes) => entry.TryKeepDerived(derived, bytes, parts.Budget);

    public sealed override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) GiveBack();
    }

    /// <summary>Gives back what this reply holds; called once.</summary>
    protected virtual void GiveBack() => entry.Body.Release();
}
