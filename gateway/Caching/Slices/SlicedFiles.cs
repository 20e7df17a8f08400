using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Slices;

/// <summary>
/// Files of any size, in aligned slices of 4 MiB: each slice is an object of its own (its key is the address and the slice's number), fetched by Range, coalesced,
/// stored, evicted and revalidated like any other. So a file of 100 GB is played and sought at the cost of the slices that are read.
/// <para>
/// A file whose upstream answers a range with the whole cannot be sliced: that is remembered for a while, and the file is opened as a whole.
/// </para>
/// </summary>
internal sealed class SlicedFiles(MediaCache cache, CacheParts parts)
{
    /// <summary>Bytes of a slice: large enough that the cost of a request is small beside its transfer, small enough that a seek does not wait for unwanted bytes.</summary>
    public const long SliceBytes = 4L << 20;

    /// <summary>Most slices of one range that are prefetched, however long the range is in a manifest: the rest is fetched as it is read.</summary>
    private const int MostAhead = 16;

    private static readonly TimeSpan WholeMark = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<MediaAddress, TimeSpan> _wholeUntil = new();

    public async ValueTask<CacheReply> OpenAsync(CacheRequest request, CancellationToken leaving)
    {
        if (_wholeUntil.TryGetValue(request.Address, out var until))
        {
            if (until > parts.Now) return await cache.OpenAsync(request, slices: false, leaving);
            _wholeUntil.TryRemove(request.Address, out _);
        }

        var first = (request.Range?.Offset ?? 0) / SliceBytes;
        if (first > 0 && EndOf(SliceOf(request, 0, null)) is { } beginning && beginning.Complete <= request.FirstByte && beginning.Entry.IsEndConfirmed(parts.Now, Reuse.JustNow, request.FirstByte)) first = 0;
        var slice = await cache.OpenAsync(SliceOf(request, first, null, request.Range), slices: false, leaving);
        if (slice.Head.Status == 416 && first > 0)
        {
            // The slice is behind the end, or the stored end is of an older version: what is held whole, or the file's beginning, tells its length.
            var complete = ContentRange.CompleteOf(slice.Head["Content-Range"]);
            slice.Dispose();
            var from = complete ?? first * SliceBytes;
            if (ConfirmEnd(request, complete, from)) return await cache.OpenAsync(request, slices: false, leaving);
            first = 0;
            slice = await OpenSliceAsync(request, 0, null, leaving);
            // A file that fits into its first slice is held whole.
            if (!ConfirmEnd(SliceOf(request, 0, null), complete, from)) ConfirmEnd(request, complete, from);
        }

        if (slice.Failure is not null) return slice;
        if (slice.Head.Status == 206 && ContentRange.TryParse(slice.Head["Content-Range"], out var range) && IsSlice(range, first))
            return new SlicedReply(this, parts, request, first, slice, range);
        if (slice.Head.Status != 206)
        {
            // The whole came instead, and is read as it is: it fits into one slice, or upstream does not support ranges.
            if (slice.Head.Status == 200 && slice.Length is null or > SliceBytes) _wholeUntil[request.Address] = parts.Now + WholeMark;
            return slice;
        }

        slice.Dispose();
        _wholeUntil[request.Address] = parts.Now + WholeMark;
        return await cache.OpenAsync(request, slices: false, leaving);
    }

    /// <summary>Opens one slice.</summary>
    /// <param name="version">The version that it must belong to; null for the first slice of a reply, whatever its version.</param>
    public ValueTask<CacheReply> OpenSliceAsync(CacheRequest request, long slice, FileVersion? version, CancellationToken leaving) =>
        cache.OpenAsync(SliceOf(request, slice, version), slices: false, leaving);

    /// <summary>Starts fetching a slice that will be read next.</summary>
    public void ReadAhead(CacheRequest request, long slice, FileVersion version) =>
        _ = cache.StartUnattended(SliceOf(request, slice, version), FetchTerms.Unattended);

    /// <summary>Starts fetching the slices around a range, from its beginning on; null when they are held or being fetched.</summary>
    public PrefetchHandle? FetchAhead(CacheRequest request, FetchTerms terms)
    {
        if (_wholeUntil.ContainsKey(request.Address)) return cache.StartUnattended(request, terms) is { } whole ? new PrefetchHandle(whole) : null;
        var range = request.Range.GetValueOrDefault();
        List<SharedFetch>? started = null;
        // A range without an end is not a segment of a timeline: then only the slice at its beginning is fetched.
        var last = range.End == ByteRange.ToEnd ? range.Offset : range.End - 1;
        var first = range.Offset / SliceBytes;
        for (var slice = first; slice <= Math.Min(last / SliceBytes, first + MostAhead - 1); slice++)
        {
            if (cache.StartUnattended(SliceOf(request, slice, null), terms) is { } one) (started ??= []).Add(one);
        }

        return started is null ? null : new PrefetchHandle(CollectionsMarshal.AsSpan(started));
    }

    /// <summary>
    /// The head of the whole object, when the response to a slice request is that: a file that fits into its first slice, or an upstream that does not support ranges. It is stored as
    /// the whole, so that later requests for the whole find it.
    /// </summary>
    public static ResponseHead? WholeOf(ResponseHead head)
    {
        if (head.Status == 200) return head;
        return head.Status == 206 && ContentRange.TryParse(head["Content-Range"], out var range) && range.First == 0 && range.Last == range.Complete - 1
            ? SlicedReply.HeadOfTheWhole(head, range.Complete)
            : null;
    }

    /// <summary>Whether a part is the whole of one slice. An upstream that sends less than was requested cannot be read in slices.</summary>
    public static bool IsSlice(ContentRange range, long number) =>
        range.First == number * SliceBytes && range.Last == Math.Min(range.First + SliceBytes, range.Complete) - 1;

    /// <summary>Slices of two versions were met: the stored ones are removed, so that the next reply begins with one version.</summary>
    public void Forget(CacheRequest request) => _ = cache.InvalidateAsync(request.Address, request.Partition);

    /// <summary>Removes expired marks.</summary>
    public void Sweep()
    {
        foreach (var (address, until) in _wholeUntil)
        {
            if (until <= parts.Now) _wholeUntil.TryRemove(address, out _);
        }
    }

    /// <summary>Notes that upstream has nothing from a byte on; false where nothing is held, or it ends elsewhere.</summary>
    private bool ConfirmEnd(CacheRequest request, long? complete, long from)
    {
        if (EndOf(request) is not { } held || (complete is not null && complete != held.Complete)) return false;
        held.Entry.ConfirmEnd(parts.Now, from);
        return true;
    }

    /// <summary>What is held of a file, whole or one slice, with the length of the file.</summary>
    private (CacheEntry Entry, long Complete)? EndOf(CacheRequest request) =>
        cache.Index.Find(CacheKey.Of(request))?.Find(request.Fields) is { Head.Status: 200 or 206 } entry
            ? ContentRange.TryParse(entry.Head["Content-Range"], out var range) ? (entry, range.Complete) : entry is { Head.Status: 200, Body.Length: { } length } ? (entry, length) : null
            : null;

    private static CacheRequest SliceOf(CacheRequest request, long slice, FileVersion? version, ByteRange? wanted = null) => new()
    {
        Address = request.Address,
        Purpose = request.Purpose,
        Rules = request.Rules,
        Fields = request.Fields,
        Partition = request.Partition,
        Title = request.Title ?? request.Address.Path,
        Verbatim = request.Verbatim,
        Buffer = request.Buffer,
        AwaitsOrigin = request.AwaitsOrigin,
        Slice = slice,
        Reach = wanted?.Offset ?? 0,
        Until = wanted?.End ?? ByteRange.ToEnd,
        Range = new ByteRange(slice * SliceBytes, SliceBytes),
        IfRange = version?.IfRange,
    };
}
