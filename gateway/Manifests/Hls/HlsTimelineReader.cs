using System.Buffers;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>Collects a timeline line by line. It skips tags that it does not know: a timeline is advice, not a verdict.</summary>
internal sealed class HlsTimelineReader
{
    /// <summary>A clock that differs less than this from what follows from the one before tells nothing new.</summary>
    private const long ClockTolerance = 20 * TimeSpan.TicksPerMillisecond;

    private readonly AddressHasher _hasher;
    private readonly HlsVariables _variables;
    private readonly ArrayBufferWriter<byte> _scratch = new();
    private HlsResourceRun _segmentRun;
    private HlsResourceRun _partRun;
    private HlsTimelineContext _context;
    private bool _contextChanged = true;
    private (long Length, long Offset)? _range;
    private long _duration;
    private EntryFlags _flags;
    private EntryFlags _partFlags;
    private DateTimeOffset? _clock;
    private bool _hinted;

    public HlsTimelineReader(ReferenceBase from, HlsVariables variables, HlsTimelineStart start)
    {
        Base = from;
        _hasher = new AddressHasher(from);
        _variables = variables;
        _segmentRun = start.Run;
        if (start.Clock is not null) Clocks.Add(new(0, 0, start.Clock));
    }

    public ReferenceBase Base { get; }

    public List<HlsTimelineRow> Segments { get; } = [];

    public List<HlsTimelineRow> Parts { get; } = [];

    public List<ByteRange>? SegmentRanges { get; private set; }

    public List<ByteRange>? PartRanges { get; private set; }

    public List<long> PartSequences { get; } = [];

    public List<HlsTimelineContext> Contexts { get; } = [];

    public List<HlsTimelineClock> Clocks { get; } = [];

    public ArrayBufferWriter<byte> Filled { get; } = new();

    public long FirstSequence { get; private set; }

    /// <summary>Segments that a delta update leaves out.</summary>
    public long Skipped { get; private set; }

    public bool HasEnd { get; private set; }

    /// <summary>Whether references may hold variables.</summary>
    public bool Defines => _variables.MayOccur;

    /// <summary>In ticks, as all times here.</summary>
    public long TargetDuration { get; private set; }

    public long PartTarget { get; private set; }

    public long HoldBack { get; private set; }

    public long? StartOffset { get; private set; }

    /// <summary>Sum of the segments so far.</summary>
    public long Time { get; private set; }

    /// <summary>Sum of the parts since the last segment.</summary>
    public long PartTime { get; private set; }

    public void Read(ReadOnlySpan<byte> playlist)
    {
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            if (lines.IsReference) AddSegment(lines.ContentStart, lines.Content);
            else if (lines.TryTake("#EXTINF:"u8, out var value)) _duration = Math.Max(HlsNumbers.Seconds(value) ?? 0, 0);
            else if (lines.TryTake("#EXT-X-"u8, out var tag)) ReadTag(lines.ContentStart + 7, tag);
        }
    }

    private void ReadTag(int at, ReadOnlySpan<byte> tag)
    {
        var colon = tag.IndexOf((byte)':');
        var name = colon < 0 ? tag : tag[..colon];
        var value = colon < 0 ? [] : tag[(colon + 1)..];
        at += colon + 1;
        switch (name)
        {
            case var _ when name.SequenceEqual("BYTERANGE"u8):
                _range = HlsNumbers.Range(value);
                break;
            case var _ when name.SequenceEqual("PROGRAM-DATE-TIME"u8):
                _clock = HlsNumbers.Date(value);
                break;
            case var _ when name.SequenceEqual("PART"u8):
                AddPart(at, value);
                break;
            case var _ when name.SequenceEqual("KEY"u8):
                SetKey(at, value);
                break;
            case var _ when name.SequenceEqual("MAP"u8):
                SetMap(at, value);
                break;
            case var _ when name.SequenceEqual("DISCONTINUITY"u8):
                _flags |= EntryFlags.Discontinuity;
                _partFlags |= EntryFlags.Discontinuity;
                break;
            case var _ when name.SequenceEqual("GAP"u8):
                _flags |= EntryFlags.Gap;
                break;
            case var _ when name.SequenceEqual("PRELOAD-HINT"u8):
                AddHint(at, value);
                break;
            case var _ when name.SequenceEqual("DEFINE"u8):
                _variables.Define(value, out _);
                break;
            default:
                ReadHeader(name, value);
                break;
        }
    }

    private void ReadHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("ENDLIST"u8)) HasEnd = true;
        else if (name.SequenceEqual("TARGETDURATION"u8)) TargetDuration = Math.Max(HlsNumbers.Seconds(value) ?? 0, 0);
        else if (name.SequenceEqual("MEDIA-SEQUENCE"u8)) FirstSequence += HlsNumbers.Whole(value) ?? 0;
        else if (name.SequenceEqual("SKIP"u8)) Skip(HlsNumbers.Whole(HlsAttributes.Find(value, "SKIPPED-SEGMENTS"u8)) ?? 0);
        else if (name.SequenceEqual("PART-INF"u8)) PartTarget = Math.Max(HlsNumbers.Seconds(HlsAttributes.Find(value, "PART-TARGET"u8)) ?? 0, 0);
        else if (name.SequenceEqual("SERVER-CONTROL"u8)) HoldBack = HlsNumbers.Seconds(HlsAttributes.Find(value, "HOLD-BACK"u8)) ?? 0;
        else if (name.SequenceEqual("START"u8)) StartOffset = HlsNumbers.Seconds(HlsAttributes.Find(value, "TIME-OFFSET"u8));
    }

    private void Skip(long segments)
    {
        FirstSequence += segments;
        Skipped += segments;
    }

    private void AddSegment(int at, ReadOnlySpan<byte> reference)
    {
        if (Segments.Count + Parts.Count < HlsLimits.TimelineEntries)
        {
            SetClock();
            var row = Row(at, reference, EntryKind.Segment, Time, _flags);
            if (_range is { } range)
            {
                SegmentRanges ??= [.. new ByteRange[Segments.Count]];
                SegmentRanges.Add(_segmentRun.Take(reference, range));
            }
            else
            {
                SegmentRanges?.Add(default);
            }

            Segments.Add(row);
            Time += _duration;
        }

        PartTime = 0;
        _range = null;
        _duration = 0;
        _flags = EntryFlags.None;
        _partFlags = EntryFlags.None;
    }

    private void AddPart(int at, ReadOnlySpan<byte> list)
    {
        if (!TryFindReference(at, list, out var textAt, out var reference)) return;
        var range = HlsNumbers.Range(HlsAttributes.Find(list, "BYTERANGE"u8));
        var flags = _partFlags;
        if (HlsAttributes.Find(list, "GAP"u8).SequenceEqual("YES"u8)) flags |= EntryFlags.Gap;
        AddPartRow(Row(textAt, reference, EntryKind.Part, Time + PartTime, flags), range is { } given ? _partRun.Take(reference, given) : default);
        PartTime += Math.Max(HlsNumbers.Seconds(HlsAttributes.Find(list, "DURATION"u8)) ?? 0, 0);
        _partFlags = EntryFlags.None;
    }

    private void AddHint(int at, ReadOnlySpan<byte> list)
    {
        if (_hinted || !HlsAttributes.Find(list, "TYPE"u8).SequenceEqual("PART"u8)) return;
        if (!TryFindReference(at, list, out var textAt, out var reference)) return;
        _hinted = true;
        var offset = HlsNumbers.Whole(HlsAttributes.Find(list, "BYTERANGE-START"u8));
        var length = HlsNumbers.Whole(HlsAttributes.Find(list, "BYTERANGE-LENGTH"u8));
        var range = offset is null && length is null ? default : new ByteRange(offset ?? 0, length ?? ByteRange.ToEnd);
        AddPartRow(Row(textAt, reference, EntryKind.Hint, Time + PartTime, _partFlags), range);
    }

    private void AddPartRow(HlsTimelineRow row, ByteRange range)
    {
        if (Segments.Count + Parts.Count >= HlsLimits.TimelineEntries) return;
        if (range.Length > 0) PartRanges ??= [.. new ByteRange[Parts.Count]];
        PartRanges?.Add(range);
        Parts.Add(row);
        PartSequences.Add(FirstSequence + Segments.Count);
    }

    private void SetMap(int at, ReadOnlySpan<byte> list)
    {
        if (!TryFindReference(at, list, out var textAt, out var reference)) return;
        var range = HlsNumbers.Range(HlsAttributes.Find(list, "BYTERANGE"u8));
        var (start, length) = Keep(textAt, reference);
        _context = _context with
        {
            Init = start,
            InitLength = length,
            InitRange = range is { } given ? new ByteRange(Math.Max(given.Offset, 0), given.Length) : null,
        };
        _contextChanged = true;
    }

    /// <summary>Only keys of the identity format are fetched by the player as they are; the others belong to its decryption system.</summary>
    private void SetKey(int at, ReadOnlySpan<byte> list)
    {
        var format = HlsAttributes.Find(list, "KEYFORMAT"u8);
        var none = HlsAttributes.Find(list, "METHOD"u8).SequenceEqual("NONE"u8);
        if (!none && !format.IsEmpty && !format.SequenceEqual("identity"u8)) return;
        var (start, length) = none || !TryFindReference(at, list, out var textAt, out var reference) ? (0, 0) : Keep(textAt, reference);
        _context = _context with { Key = start, KeyLength = length };
        _contextChanged = true;
    }

    private void SetClock()
    {
        var known = Clocks.Count > 0 ? Clocks[^1] : default;
        if (_clock is { } at)
        {
            var expected = known.At is { } before ? before + TimeSpan.FromTicks(Time - known.Start) : (DateTimeOffset?)null;
            if (expected is null || Math.Abs((at - expected.Value).Ticks) > ClockTolerance) Clocks.Add(new(Segments.Count, Time, at));
        }
        else if (known.At is not null && (_flags & EntryFlags.Discontinuity) != EntryFlags.None)
        {
            Clocks.Add(new(Segments.Count, Time, null));
        }

        _clock = null;
    }

    private HlsTimelineRow Row(int at, ReadOnlySpan<byte> reference, EntryKind kind, long start, EntryFlags flags)
    {
        if (_contextChanged) Contexts.Add(_context);
        _contextChanged = false;
        var (text, length) = Keep(at, reference);
        var hash = 0;
        if (length == 0 || !_hasher.TryHash(text < 0 ? Filled.WrittenSpan.Slice(~text, length) : reference, out hash)) flags |= EntryFlags.Foreign;
        return new HlsTimelineRow
        {
            Start = start,
            Text = text,
            TextLength = (ushort)length,
            Hash = hash,
            Context = Contexts.Count - 1,
            Flags = (byte)flags,
            Kind = (byte)kind,
        };
    }

    /// <summary>Where a reference can be found again; length 0 when it is too long to be one.</summary>
    private (int At, int Length) Keep(int at, ReadOnlySpan<byte> reference)
    {
        var use = _variables.MayOccur ? _variables.Fill(reference, _scratch) : VariableUse.None;
        if (use == VariableUse.None) return reference.Length > ushort.MaxValue ? (0, 0) : (at, reference.Length);
        if (use == VariableUse.TooLong || _scratch.WrittenCount is 0 or > ushort.MaxValue || Filled.WrittenCount > HlsLimits.FilledBytes) return (0, 0);
        var start = ~Filled.WrittenCount;
        Filled.Write(_scratch.WrittenSpan);
        return (start, _scratch.WrittenCount);
    }

    private static bool TryFindReference(int at, ReadOnlySpan<byte> list, out int textAt, out ReadOnlySpan<byte> reference)
    {
        var attributes = new HlsAttributes(list);
        while (attributes.MoveNext())
        {
            if (!attributes.Name.SequenceEqual("URI"u8)) continue;
            reference = attributes.Value.TrimStart(" \t"u8);
            textAt = at + attributes.ValueStart + attributes.Value.Length - reference.Length;
            reference = reference.TrimEnd(" \t"u8);
            return !reference.IsEmpty;
        }

        textAt = 0;
        reference = [];
        return false;
    }
}
