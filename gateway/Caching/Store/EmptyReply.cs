using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>No response: upstream failed, or nothing is stored and the request was only-if-cached. Or the status of one whose body is of no use.</summary>
internal sealed class EmptyReply : CacheReply
{
    private static readonly ResponseHead NoHead = new(504, []);

    /// <summary>Upstream's head, where it gave one.</summary>
    public ResponseHead? Answer { get; init; }

    public override ResponseHead Head => Answer ?? NoHead;

    public override long? Length => 0;

    public override bool IsComplete => true;

    public override TimeSpan Age => TimeSpan.Zero;

    public override TimeSpan? FreshFor => null;

    public override string FinalUrl => string.Empty;

    public override bool BytesStay => true;

    public override object? Derived => null;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving) => default;

    public override void LimitFreshness(TimeSpan lifetime)
    {
    }

    public override bool TryKeepDerived(object derived, long bytes) => false;

    public override void Dispose()
    {
    }
}
