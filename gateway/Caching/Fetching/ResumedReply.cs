using System.Diagnostics.CodeAnalysis;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <summary>
/// The rest of a body for one reader that fell behind the other readers: fetched from upstream by Range, at the reader's own pace. A strong entity tag binds it to the version that it had
/// begun with; it holds one block, beyond the budget like any stream that finds no space there.
/// </summary>
internal sealed class ResumedReply : CacheReply
{
    private readonly CacheParts _parts;
    private readonly CacheReply _first;
    private readonly OriginReply _upstream;
    private readonly byte[] _block;
    private readonly long _length;
    private long _from;
    private int _filled;
    private long _missing;
    private LeaseCount _users = new();

    [SetsRequiredMembers]
    private ResumedReply(CacheParts parts, CacheReply first, OriginReply upstream, long position, long missing)
    {
        Result = first.Result;
        _parts = parts;
        _first = first;
        _upstream = upstream;
        _from = position;
        _missing = missing;
        _length = position + missing;
        _block = parts.Pool.Rent(BodyBlockPool.Large);
    }

    public override ResponseHead Head => _first.Head;

    /// <summary>Not the first reply's: that one asks this one, once it is replaced by it.</summary>
    public override long? Length => _length;

    public override bool IsComplete => false;

    public override TimeSpan Age => _first.Age;

    public override TimeSpan? FreshFor => _first.FreshFor;

    public override string FinalUrl => _first.FinalUrl;

    public override bool BytesStay => false;

    public override object? Derived => null;

    /// <summary>Null when upstream cannot go on in the middle, or has another version by now.</summary>
    /// <param name="first">The reply read so far; its head tells the version.</param>
    /// <param name="position">The reader's position in that body.</param>
    public static async ValueTask<ResumedReply?> OpenAsync(CacheParts parts, CacheRequest request, CacheReply first, long position, CancellationToken leaving)
    {
        var head = first.Head;
        if (!head.TryGet("ETag", out var tag) || !tag.StartsWith('"')) return null;
        var part = default(ContentRange);
        if (head.Status != 200 && (head.Status != 206 || !ContentRange.TryParse(head["Content-Range"], out part))) return null;
        var offset = part.First + position;
        var upstream = await parts.Fetch(
            new OriginRequest
            {
                Address = request.Address,
                Purpose = request.Purpose,
                Range = new ByteRange(offset, head.Status == 200 ? ByteRange.ToEnd : part.Last + 1 - offset),
                IfRange = tag,
                Fields = request.Fields,
            },
            leaving);
        if (upstream is { Answered: true, Head.Status: 206 }
            && ContentRange.TryParse(upstream.Head["Content-Range"], out var rest)
            && rest.First == offset
            && rest.Last == (head.Status == 200 ? rest.Complete - 1 : part.Last)
            && string.Equals(upstream.Head["ETag"], tag, StringComparison.Ordinal))
        {
            return new ResumedReply(parts, first, upstream, position, rest.Last + 1 - rest.First);
        }

        await upstream.DisposeAsync();
        return null;
    }

    /// <exception cref="BrokenBodyException">Upstream broke off.</exception>
    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving)
    {
        ObjectDisposedException.ThrowIf(!_users.TryAdd(), this);
        try
        {
            while (position >= _from + _filled && _missing > 0)
            {
                _from += _filled;
                _filled = 0;
                _filled = await _upstream.ReadAsync(_block.AsMemory(0, (int)Math.Min(_block.Length, _missing)), leaving);
                if (_filled == 0) throw new BrokenBodyException(OriginFailure.Cut);
                _missing -= _filled;
            }
        }
        catch (OriginBrokenException e)
        {
            throw new BrokenBodyException(e.Failure);
        }
        finally
        {
            Unuse();
        }

        var skipped = (int)Math.Min(position - _from, _filled);
        return _block.AsMemory(skipped, _filled - skipped);
    }

    public override void LimitFreshness(TimeSpan lifetime)
    {
    }

    public override bool TryKeepDerived(object derived, long bytes) => false;

    /// <summary>Releases the block; a read that is still waiting keeps it until upstream's read has ended.</summary>
    public override void Dispose() => Unuse();

    private void Unuse()
    {
        if (!_users.GiveBack()) return;
        _parts.Pool.Return(_block);
        _ = _upstream.DisposeAsync().AsTask();
    }
}
