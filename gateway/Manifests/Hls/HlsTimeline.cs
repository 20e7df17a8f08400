using System.Runtime.CompilerServices;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>The timeline of a media playlist.</summary>
/// <remarks>
/// Rows point into the playlist's bytes; addresses are made when they are asked for, which is per request and not per segment listed.
/// Segments come first, then parts, then the hint.
/// </remarks>
internal sealed class HlsTimeline : MediaTimeline
{
    private readonly ReferenceBase _base;
    private readonly HlsTimelineText _text;
    private readonly HlsTimelineRow[] _rows;
    private readonly ByteRange[]? _ranges;
    private readonly HlsTimelineContext[] _contexts;
    private readonly HlsTimelineClock[] _clocks;
    private readonly HlsTimelineIndex _index;

    internal HlsTimeline(HlsTimelineReader read, HlsTimelineText text)
    {
        _base = read.Base;
        _text = text;
        _rows = [.. read.Segments, .. read.Parts];
        _contexts = [.. read.Contexts];
        _clocks = [.. read.Clocks];
        _ranges = read.SegmentRanges is null && read.PartRanges is null ? null : new ByteRange[_rows.Length];
        read.SegmentRanges?.CopyTo(_ranges!);
        read.PartRanges?.CopyTo(_ranges!, read.Segments.Count);
        _index = new HlsTimelineIndex(_rows, _ranges, text);
        SegmentCount = read.Segments.Count;
        FirstSequence = read.FirstSequence;
        PartSequences = [.. read.PartSequences];
        Skipped = read.Skipped;
        HasEnd = read.HasEnd;
        TargetDuration = TimeSpan.FromTicks(read.TargetDuration);
        PartTarget = read.PartTarget > 0 ? TimeSpan.FromTicks(read.PartTarget) : null;
        Duration = TimeSpan.FromTicks(read.Time);
        PartsEnd = read.Time + read.PartTime;
        Defines = read.Defines;
        StartOffset = read.StartOffset;
        HoldBack = read.HoldBack;
        StartIndex = ChooseStart(this, SegmentCount, StartOffset, HoldBack);
    }

    public override int Count => _rows.Length;

    /// <summary>Segments; parts and the hint come after them.</summary>
    public int SegmentCount { get; }

    /// <summary>Media Sequence Number of the first segment that is listed.</summary>
    public long FirstSequence { get; }

    /// <summary>Segments before the first that a delta update leaves out because the player has them; 0 for a whole playlist.</summary>
    public long Skipped { get; }

    /// <summary>What it was read from.</summary>
    public ReadOnlyMemory<byte> Playlist => _text.Playlist;

    public override bool HasEnd { get; }

    public override TimeSpan TargetDuration { get; }

    public override TimeSpan? PartTarget { get; }

    public override TimeSpan Duration { get; }

    public override int StartIndex { get; }

    /// <summary>Where it came from.</summary>
    public ReferenceBase Base => _base;

    /// <summary>Whether its references may hold variables (EXT-X-DEFINE).</summary>
    public bool Defines { get; }

    /// <summary>Ticks of EXT-X-START; null without one.</summary>
    public long? StartOffset { get; }

    /// <summary>Ticks that players keep from the edge; 0 where the playlist does not say.</summary>
    public long HoldBack { get; }

    /// <summary>Bytes that the timeline holds beside the playlist.</summary>
    public long SizeBytes =>
        ((long)_rows.Length * Unsafe.SizeOf<HlsTimelineRow>())
        + ((long)(_ranges?.Length ?? 0) * Unsafe.SizeOf<ByteRange>())
        + ((long)_contexts.Length * Unsafe.SizeOf<HlsTimelineContext>())
        + ((long)_clocks.Length * Unsafe.SizeOf<HlsTimelineClock>())
        + ((long)PartSequences.Length * sizeof(long))
        + _index.SizeBytes
        + _text.FilledBytes;

    private long[] PartSequences { get; }

    private long PartsEnd { get; }

    public override TimelineEntry this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ref readonly var row = ref _rows[index];
            var context = _contexts[row.Context];
            TryLocate(row.Text, row.TextLength, out var address);
            return new TimelineEntry
            {
                Kind = (EntryKind)row.Kind,
                Address = address,
                Range = RangeOf(index),
                Sequence = index < SegmentCount ? FirstSequence + index : PartSequences[index - SegmentCount],
                Start = TimeSpan.FromTicks(row.Start),
                Duration = TimeSpan.FromTicks(EndOf(index) - row.Start),
                Flags = (EntryFlags)row.Flags,
                Init = TryLocate(context.Init, context.InitLength, out var init) ? new RangedAddress(init, context.InitRange) : null,
                Key = TryLocate(context.Key, context.KeyLength, out var key) ? key : null,
                PlaysAt = ClockAt(index, row.Start),
            };
        }
    }

    /// <summary>Reads the timeline of a media playlist; linear in its size.</summary>
    /// <param name="playlist">The whole playlist; its bytes must stay as they are for as long as the timeline lives.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="variables">What its EXT-X-DEFINE tags may refer to; of one use.</param>
    public static HlsTimeline Read(ReadOnlyMemory<byte> playlist, ReferenceBase from, HlsVariables variables) => Read(playlist, from, variables, default);

    /// <summary>The same of a text that is a part of a playlist.</summary>
    public static HlsTimeline Read(ReadOnlyMemory<byte> playlist, ReferenceBase from, HlsVariables variables, HlsTimelineStart start)
    {
        var reader = new HlsTimelineReader(from, variables, start);
        reader.Read(playlist.Span);
        return new HlsTimeline(reader, new HlsTimelineText(playlist, reader.Filled.WrittenSpan.ToArray()));
    }

    public override int Next(int index) => index + 1 == SegmentCount || index + 1 >= Count ? -1 : index + 1;

    public override int IndexAt(TimeSpan start)
    {
        var low = 0;
        var high = SegmentCount;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_rows[middle].Start <= start.Ticks) low = middle + 1;
            else high = middle;
        }

        return low > 0 ? low - 1 : SegmentCount > 0 ? 0 : -1;
    }

    public override bool TryFind(MediaAddress address, ByteRange? range, out int index)
    {
        var hash = AddressHash.Of(address);
        return (range is not null && TryFindWithin(address, hash, range, isExact: true, 0, Count, out index)) || TryFindWithin(address, hash, range, isExact: false, 0, Count, out index);
    }

    /// <summary>Finds what a request is for among some of the entries.</summary>
    /// <param name="address">What is asked for.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="range">Bytes of it; null = all.</param>
    /// <param name="isExact">Whether only what begins at the first byte is wanted.</param>
    /// <param name="from">The first entry to look at.</param>
    /// <param name="to">The first one behind them.</param>
    /// <param name="index">The entry.</param>
    public bool TryFindWithin(MediaAddress address, int hash, ByteRange? range, bool isExact, int from, int to, out int index)
    {
        index = -1;
        if (isExact && _ranges is null) return false;
        var begin = isExact ? range?.Offset : null;
        for (var candidates = _index.Find(hash, begin); candidates.MoveNext();)
        {
            var row = candidates.Row;
            if (row >= to || !Matches(row, address, hash, begin)) continue;

            // Of rows that are the same only the first is in the index.
            for (var isBefore = row < from; isBefore; isBefore = row < from || !Matches(row, address, hash, begin))
            {
                row = Math.Max(row + 1, from);
                if (row >= to) return false;
            }

            index = row;
            return isExact || range is not { } asked || RangeOf(row) is null || TryFindHolder(row, to, asked.Offset, out index);
        }

        return false;
    }

    /// <summary>Ticks from its beginning at which a segment begins, and behind the last one, at which it ends.</summary>
    public long StartOf(int segment) => segment < SegmentCount ? _rows[segment].Start : Duration.Ticks;

    /// <summary>When a segment plays; null where the playlist does not tell.</summary>
    public DateTimeOffset? ClockAt(int segment) => ClockAt(segment, _rows[segment].Start);

    /// <summary>When a segment has been played; null where the playlist does not tell.</summary>
    public DateTimeOffset? ClockBehind(int segment) => ClockAt(segment, StartOf(segment + 1));

    /// <summary>The sub-range behind which the next one of the same resource begins where it does not say.</summary>
    public HlsResourceRun ResourceRunBehind(int segment) =>
        RangeOf(segment) is { } range ? new HlsResourceRun(_text.Slice(_rows[segment].Text, _rows[segment].TextLength), range.End) : default;

    /// <summary>EXT-X-START where there is one; else the beginning of what is complete, and the hold-back from the edge of what is not.</summary>
    internal static int ChooseStart(MediaTimeline timeline, int segments, long? offset, long holdBack)
    {
        if (offset is { } given) return timeline.IndexAt(TimeSpan.FromTicks(given < 0 ? timeline.Duration.Ticks + given : given));
        if (timeline.HasEnd) return segments > 0 ? 0 : -1;

        // Three target durations where the playlist does not say (RFC 8216 §6.3.3).
        var distance = holdBack > 0 ? holdBack : 3 * timeline.TargetDuration.Ticks;
        return timeline.IndexAt(TimeSpan.FromTicks(timeline.Duration.Ticks - distance));
    }

    private bool Matches(int row, MediaAddress address, int hash, long? begin) =>
        _rows[row].Hash == hash && (begin is null || (_ranges![row].Length > 0 && _ranges[row].Offset == begin)) && IsAt(row, address);

    /// <summary>A player may ask for a run of bytes that begins inside of a segment; that is rare enough to look at every row.</summary>
    private bool TryFindHolder(int first, int to, long offset, out int index)
    {
        for (index = first; index < to; index++)
        {
            if (_rows[index].Hash != _rows[first].Hash || RangeOf(index) is not { } range) continue;
            if (range.Offset <= offset && offset < range.End) return true;
        }

        index = -1;
        return false;
    }

    private bool IsAt(int index, MediaAddress address) =>
        TryLocate(_rows[index].Text, _rows[index].TextLength, out var found) && found == address;

    private bool TryLocate(int at, int length, out MediaAddress address)
    {
        address = default;
        return length > 0 && _base.TryLocate(_text.Slice(at, length), out address);
    }

    private ByteRange? RangeOf(int index) => _ranges is not null && _ranges[index].Length > 0 ? _ranges[index] : null;

    /// <summary>Parts may claim more time than the segment they belong to has, so a next part may begin before this one.</summary>
    private long EndOf(int index) => Math.Max(
        _rows[index].Start,
        index + 1 == SegmentCount ? Duration.Ticks : index + 1 < Count ? _rows[index + 1].Start : PartsEnd);

    private DateTimeOffset? ClockAt(int index, long start)
    {
        // Anchors of the segments suffice: a part plays at the time that follows from the last anchor before it.
        var low = 0;
        var high = _clocks.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (index < SegmentCount ? _clocks[middle].Segment <= index : _clocks[middle].Start <= start) low = middle + 1;
            else high = middle;
        }

        return low > 0 && _clocks[low - 1].At is { } at ? at + TimeSpan.FromTicks(start - _clocks[low - 1].Start) : null;
    }
}
