using System.Runtime.InteropServices;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// Segments that are listed one by one (SegmentList). Addresses stay bytes of the document and are resolved on request, so
/// that a list of 100,000 costs 40 bytes each, not a string each.
/// </summary>
internal sealed class ListTrack : DashTrack
{
    private readonly Item[] _items;
    private readonly Func<Item, MediaAddress?> _locate;
    private readonly SegmentRuns _runs;
    private readonly long _startNumber;
    private (ulong Hash, int Index)[]? _sorted;

    /// <param name="clock">Times of the Period.</param>
    /// <param name="items">In playing order.</param>
    /// <param name="runs">Their times; as many segments or more.</param>
    /// <param name="startNumber">@startNumber.</param>
    /// <param name="locate">Resolves an item; null for a foreign host.</param>
    public ListTrack(TrackClock clock, Item[] items, SegmentRuns runs, long startNumber, Func<Item, MediaAddress?> locate)
        : base(clock)
    {
        _items = items;
        _locate = locate;
        _runs = runs;
        _startNumber = startNumber;
        Count = Math.Min(items.Length, runs.Count);
    }

    public override int Count { get; }

    public override TimeSpan TargetDuration => MediaClock.ToTime(_runs.LongestDuration, Clock.Timescale);

    public override TimeSpan End
    {
        get
        {
            if (Count == 0) return Clock.PeriodStart;
            var start = _runs.StartOf(Count - 1, out var duration, out _);
            return Clock.ToPresentation(start + duration);
        }
    }

    public override long Bytes => ((long)_items.Length * 40) + _runs.Bytes;

    public override TimelineEntry At(int index)
    {
        var start = _runs.StartOf(index, out var duration, out var afterGap);
        return Clock.Entry(
            _locate(_items[index]),
            _items[index].Range,
            _startNumber + index,
            Clock.ToPresentation(start),
            MediaClock.ToTime(duration, Clock.Timescale),
            isListed: true,
            afterGap);
    }

    public override bool TryFind(MediaAddress address, ByteRange? range, out int index)
    {
        index = -1;
        var sorted = _sorted ??= Sort();
        var hash = HashOf(address);
        var at = Array.BinarySearch(sorted, (hash, -1));
        for (at = at < 0 ? ~at : at; at < sorted.Length && sorted[at].Hash == hash; at++)
        {
            var item = _items[sorted[at].Index];
            if (range is { } wanted && item.Range is { } held && (wanted.Offset < held.Offset || wanted.Offset >= held.End)) continue;
            if (_locate(item) != address) continue;
            index = sorted[at].Index;
            return true;
        }

        return false;
    }

    public override int IndexAt(TimeSpan presentation) =>
        Count == 0 ? -1 : Math.Min(_runs.IndexAt(Clock.ToMedia(presentation)), Count - 1);

    /// <summary>Made by the first search; two threads that make it at once make the same.</summary>
    private (ulong Hash, int Index)[] Sort()
    {
        var sorted = new (ulong Hash, int Index)[Count];
        var used = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_locate(_items[i]) is { } address) sorted[used++] = (HashOf(address), i);
        }

        Array.Resize(ref sorted, used);
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>FNV-1a: nobody gains by collisions here, since a hit is compared in full.</summary>
    private static ulong HashOf(MediaAddress address)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in address.Path) hash = (hash ^ c) * 1099511628211UL;
        foreach (var c in address.Query) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }

    /// <summary>One listed segment.</summary>
    /// <param name="Start">First byte of its reference in the document.</param>
    /// <param name="Length">Bytes of its reference; 0 for the base itself.</param>
    /// <param name="Range">@mediaRange.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Item(int Start, int Length, ByteRange? Range);
}
