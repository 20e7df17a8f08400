using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// The segments of a file that lists them itself, in an index of which the MPD only tells where it lies (SegmentBase@indexRange). Until that is read nothing is
/// listed, so that no whole film is prefetched.
/// </summary>
internal sealed class IndexedTrack : DashTrack
{
    private readonly MediaAddress? _file;
    private readonly ByteRange? _range;
    private readonly SegmentIndex? _index;
    private readonly int _first;

    /// <param name="clock">Times of the Period.</param>
    /// <param name="file">Where the file lies; null for a foreign host.</param>
    /// <param name="range">Where in the file its index lies; null where the MPD does not tell.</param>
    public IndexedTrack(TrackClock clock, MediaAddress? file, ByteRange? range)
        : base(clock)
    {
        _file = file;
        _range = range;
    }

    private IndexedTrack(TrackClock clock, MediaAddress? file, ByteRange? range, SegmentIndex index)
        : base(clock)
    {
        _file = file;
        _range = range;
        _index = index;

        // One file may be played over several Periods, an advertisement between two parts of it: of each part only what lies in its Period.
        var entries = index.Entries;
        var end = clock.PeriodDuration is { } length ? clock.Offset + MediaClock.ToUnits(length, clock.Timescale) : long.MaxValue;
        var last = entries.Length;
        while (last > 0 && entries[last - 1].Start >= end) last--;
        while (_first < last && entries[_first].Start + entries[_first].Duration <= clock.Offset) _first++;
        Count = last - _first;
        var longest = 0L;
        foreach (ref readonly var entry in Listed) longest = Math.Max(longest, entry.Duration);
        TargetDuration = MediaClock.ToTime(longest, clock.Timescale);
    }

    public override int Count { get; }

    public override TimeSpan TargetDuration { get; }

    public override TimeSpan End => Count == 0 ? Clock.PeriodStart : Clock.ToPresentation(Listed[^1].Start + Listed[^1].Duration);

    /// <summary>Where the index lies that is to be read; null where it was read, or cannot be.</summary>
    public RangedAddress? Awaited =>
        _index is null && _file is { } file && _range is { Length: <= SegmentIndex.MaxBytes } range ? new RangedAddress(file, range) : null;

    private ReadOnlySpan<SegmentIndex.Entry> Listed => _index is null ? [] : _index.Entries.Slice(_first, Count);

    /// <summary>The same with its index.</summary>
    public IndexedTrack With(SegmentIndex index)
    {
        var offset = (long)Int128.Clamp((Int128)Clock.Offset * index.Timescale / Clock.Timescale, long.MinValue / 4, long.MaxValue / 4);
        return new IndexedTrack(Clock with { Timescale = index.Timescale, Offset = offset }, _file, _range, index);
    }

    public override TimelineEntry At(int index)
    {
        var entry = Listed[index];
        return Clock.Entry(
            _file,
            new ByteRange(entry.Offset, entry.Length),
            _first + index + 1,
            Clock.ToPresentation(entry.Start),
            MediaClock.ToTime(entry.Duration, Clock.Timescale),
            isListed: true,
            afterGap: false);
    }

    public override bool TryFind(MediaAddress asked, ByteRange? range, out int index)
    {
        index = -1;
        if (Count == 0 || _file != asked) return false;
        if (range is not { } wanted)
        {
            index = 0;
            return true;
        }

        var listed = Listed;
        var at = LastAtOrBefore(listed, wanted.Offset, static e => e.Offset);
        if (at < 0 || wanted.Offset >= listed[at].Offset + listed[at].Length) return false;
        index = at;
        return true;
    }

    public override int IndexAt(TimeSpan presentation) =>
        Count == 0 ? -1 : Math.Max(0, LastAtOrBefore(Listed, Clock.ToMedia(presentation), static e => e.Start));

    private static int LastAtOrBefore(ReadOnlySpan<SegmentIndex.Entry> entries, long value, Func<SegmentIndex.Entry, long> of)
    {
        var low = 0;
        for (var high = entries.Length; low < high;)
        {
            var middle = (low + high) / 2;
            if (of(entries[middle]) <= value) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
