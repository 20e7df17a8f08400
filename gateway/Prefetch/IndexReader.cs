using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// Reads the index with which a file lists its own segments, through the same cache as its players: bytes that they have fetched are not fetched again, nor the other
/// way round. The index is parsed once and kept beside the bytes that it was read from; a file that upstream forbids to store is not read, since nothing of it can be
/// prefetched.
/// </summary>
internal sealed class IndexReader(MediaCache cache, PrefetchOptions options, PrefetchMetrics metrics, TimeProvider time)
{
    /// <summary>Whether memory allows it now.</summary>
    public bool IsOpen => cache.Pressure != CachePressure.Critical;

    /// <summary>Reads an index. Never throws, and ends within <see cref="PrefetchOptions.Timeout"/>; null for an index that could not be read.</summary>
    public async Task<SegmentIndex?> ReadAsync(RangedAddress at)
    {
        var (index, outcome) = await TryReadAsync(at);
        metrics.Indexed(outcome);
        return index;
    }

    private async Task<(SegmentIndex? Index, IndexOutcome Outcome)> TryReadAsync(RangedAddress at)
    {
        var range = at.Range!.Value;
        var wanted = new CacheRequest { Address = at.Address, Range = range, Purpose = FetchPurpose.Prefetch, Rules = StorageRules.Media };
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        try
        {
            // The fetch of the slice is a prefetch of its own and goes on after the index has arrived: the player will want the rest of it.
            _ = cache.FetchAhead(wanted);
            using var reply = await cache.OpenAsync(wanted, deadline.Token);
            if (reply.Failure is not null || reply.Head.Status != 200) return (null, IndexOutcome.Failed);
            if (reply.Derived is SegmentIndex known && known.Range == range) return (known, IndexOutcome.Read);
            if (await ReadAsync(reply, range, deadline.Token) is not { } bytes || SegmentIndex.Read(bytes, range) is not { } index)
                return (null, IndexOutcome.Invalid);
            return reply.TryKeepDerived(index, index.Bytes) ? (index, IndexOutcome.Read) : (null, IndexOutcome.Failed);
        }
        catch (Exception e) when (e is BrokenBodyException or OperationCanceledException)
        {
            return (null, IndexOutcome.Failed);
        }
    }

    /// <summary>Null for a file that ends before its index does.</summary>
    private static async ValueTask<byte[]?> ReadAsync(CacheReply reply, ByteRange range, CancellationToken leaving)
    {
        var bytes = new byte[range.Length];
        for (var used = 0; used < bytes.Length;)
        {
            var arrived = await reply.ReadAsync(range.Offset + used, leaving);
            if (arrived.IsEmpty) return null;
            var taken = Math.Min(arrived.Length, bytes.Length - used);
            arrived.Span[..taken].CopyTo(bytes.AsSpan(used));
            used += taken;
        }

        return bytes;
    }
}
