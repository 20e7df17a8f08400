using Gateway.Caching.Store;
using Gateway.Connections.Sending;

namespace Gateway.Caching.Fetching;

/// <summary>
/// A reply whose body was still arriving when it was opened. Where the body breaks before its first byte was handed out, where this reader is cut for holding up the
/// others, or would have to wait for others to read what lies far before its own beginning, <see cref="BodyRetry"/> may give another body to read on from.
/// </summary>
/// <param name="reader">The place among the body's readers, with its lease.</param>
internal sealed class ArrivingReply(CacheParts parts, CacheEntry entry, BodyReader reader, BodyRetry retry) : EntryReply(parts, entry)
{
    private CacheReply? _second;
    private bool _hasGiven;
    private bool _isLastTry;

    public override long? Length => _second is { } second ? second.Length : base.Length;

    public override bool IsComplete => _second?.IsComplete ?? base.IsComplete;

    public override bool BytesStay => _second?.BytesStay ?? base.BytesStay;

    public override object? Derived => _second is { } second ? second.Derived : base.Derived;

    /// <summary>The body replaces one that broke; there is no second replacement.</summary>
    public void IsLastTry() => _isLastTry = true;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving)
    {
        if (_second is { } second) return second.ReadAsync(position, leaving);
        var isFirst = !_hasGiven;
        _hasGiven = true;
        if (isFirst && position > 0 && reader.Body.StandsFarAhead(reader, position)) return ReadAloneAsync(position, leaving);
        var read = reader.ReadAsync(position, leaving);
        return read.IsCompletedSuccessfully || (!isFirst && base.BytesStay) ? read : ReadOrReplaceAsync(read, isFirst, position, leaving);
    }

    public override bool TryLend(out ByteLease lease) => _second is { } second ? second.TryLend(out lease) : base.TryLend(out lease);

    public override void LimitFreshness(TimeSpan lifetime)
    {
        if (_second is { } second) second.LimitFreshness(lifetime);
        else base.LimitFreshness(lifetime);
    }

    public override bool TryKeepDerived(object derived, long bytes) =>
        _second is { } second ? second.TryKeepDerived(derived, bytes) : base.TryKeepDerived(derived, bytes);

    protected override void GiveBack()
    {
        Interlocked.Exchange(ref _second, null)?.Dispose();
        reader.Dispose();
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadOrReplaceAsync(ValueTask<ReadOnlyMemory<byte>> read, bool isFirst, long position, CancellationToken leaving)
    {
        try
        {
            return await read;
        }
        catch (BrokenBodyException e) when (reader.IsCut || (isFirst && !_isLastTry))
        {
            var second = reader.IsCut ? await retry.ResumeAsync(this, position, leaving) : await retry.OpenAsync(this, e.Failure, leaving);
            if (second is null) throw;
            return await ReplaceBy(second).ReadAsync(position, leaving);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadAloneAsync(long position, CancellationToken leaving)
    {
        if (await retry.ResumeAsync(this, position, leaving) is { } alone)
        {
            ReplaceBy(alone);
            // A place that does not move would stop the others when they come to it.
            reader.Dispose();
            return await alone.ReadAsync(position, leaving);
        }

        return await ReadOrReplaceAsync(reader.ReadAsync(position, leaving), isFirst: true, position, leaving);
    }

    /// <summary>When the reply was disposed while the new body was opened, whichever of the two comes second releases that.</summary>
    private CacheReply ReplaceBy(CacheReply second)
    {
        Interlocked.Exchange(ref _second, second);
        if (!IsDisposed) return second;
        Interlocked.Exchange(ref _second, null)?.Dispose();
        throw new ObjectDisposedException(nameof(ArrivingReply), "The reply was disposed while its replacement body was opened.");
    }
}
