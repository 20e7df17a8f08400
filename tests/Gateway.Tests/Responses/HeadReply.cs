using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Tests.Responses;

/// <summary>A reply of which a test uses only the head.</summary>
internal sealed class HeadReply(ResponseHead head, long? length) : CacheReply
{
    public override ResponseHead Head => head;

    public override long? Length => length;

    public override bool IsComplete => true;

    public override TimeSpan Age => TimeSpan.FromSeconds(7);

    public override TimeSpan? FreshFor => null;

    public override string FinalUrl => string.Empty;

    public override bool BytesStay => true;

    public override object? Derived => null;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving) => throw new NotSupportedException();

    public override void LimitFreshness(TimeSpan lifetime) => throw new NotSupportedException();

    public override bool TryKeepDerived(object derived, long bytes) => false;

    public override void Dispose()
    {
    }
}
