using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>A lease on an entry: read from a complete body without any lock or wait, or along with the fetch.</summary>
/// <param name="reader">The place among the readers of a growing body, with its lease; null when the body is complete and the lease is plain.</param>
internal sealed class EntryReply(CellarParts parts, CellarEntry entry, BodyReader? reader) : CellarReply
{
    private readonly MediaBody _body = entry.Body;
    private int _disposed;

    public override ResponseHead Head => entry.Head;

    public override long? Length => _body.Length;

    public override bool IsComplete => _body.IsComplete;

    public override TimeSpan Age => entry.AgeAt(parts.Now);

    public override TimeSpan? FreshFor => entry.Freshness.Lifetime is null ? null : entry.FreshForAt(parts.Now);

    public override string FinalUrl => entry.FinalUrl;

    public override bool BytesStay => _body.BytesStay;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving) =>
        reader is null ? new ValueTask<ReadOnlyMemory<byte>>(_body.Slice(position)) : reader.ReadAsync(position, leaving);

    public override void LimitFreshness(TimeSpan lifetime) => entry.LimitFreshness(lifetime);

    public override object? Derived => entry.Derived;

    public override bool TryKeepDerived(object derived, long bytes) => entry.TryKeepDerived(derived, bytes, parts.Budget);

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (reader is null) _body.Release();
        else reader.Dispose();
    }
}
