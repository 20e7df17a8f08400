using Gateway.Manifests.Dash.Presentation;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Load.Players.Titles;

/// <summary>
/// The segments of one rendition as its manifest lists them: the gateway's own timeline, with addresses and times kept once they were asked for. Immutable to its users, so
/// one serves every player that read the same manifest.
/// </summary>
/// <remarks>
/// Times of a sliding HLS playlist begin with the playlist, not with the stream, so that two versions of it disagree. <see cref="Shift"/> is added to all times; whoever
/// reloads finds it by the sequence number that both versions hold.
/// </remarks>
internal sealed class MediaTrack
{
    private readonly MediaTimeline _timeline;
    private readonly MediaSegment?[]? _segments;
    private readonly Dictionary<RangedAddress, MediaSegment> _inits;

    public MediaTrack(MediaTimeline timeline, int segmentCount, long version, double shift = 0)
        : this(timeline, segmentCount, version, shift, [])
    {
    }

    private MediaTrack(MediaTimeline timeline, int segmentCount, long version, double shift, Dictionary<RangedAddress, MediaSegment> inits)
    {
        _timeline = timeline;
        _inits = inits;
        SegmentCount = segmentCount;
        Version = version;
        Shift = shift;
        Target = timeline.TargetDuration.TotalSeconds;
        PartTarget = timeline.PartTarget?.TotalSeconds;

        // A template without an end counts a day of segments: those are made when asked for and not kept.
        _segments = timeline.Count <= MostKept ? new MediaSegment?[timeline.Count] : null;
    }

    private static int MostKept => 20_000;

    /// <summary>Whole segments; parts and the hint come after them in the index space.</summary>
    public int SegmentCount { get; }

    /// <summary>Segments, parts and hints.</summary>
    public int Count => _timeline.Count;

    /// <summary>Parts and the hint.</summary>
    public int PartCount => Count - SegmentCount;

    public bool HasEnd => _timeline.HasEnd;

    /// <summary>Longest segment, seconds.</summary>
    public double Target { get; }

    /// <summary>Longest part, seconds; null without low latency.</summary>
    public double? PartTarget { get; }

    /// <summary>Added to all times, seconds.</summary>
    public double Shift { get; }

    /// <summary>Sum of the playlist's text: two versions with the same text have not moved.</summary>
    public long Version { get; }

    /// <summary>Where a player begins that knows no better; -1 without segments.</summary>
    public int StartIndex => _timeline.StartIndex;

    /// <summary>Media time of the first segment.</summary>
    public double Start => SegmentCount == 0 ? Shift : this[0].Start;

    /// <summary>Media time behind the last whole segment.</summary>
    public double End => SegmentCount == 0 ? Shift : this[SegmentCount - 1].End;

    /// <summary>Media time behind the last part that is there already; <see cref="End"/> without parts.</summary>
    public double Edge
    {
        get
        {
            for (var i = Count - 1; i >= SegmentCount; i--)
            {
                if (this[i].Kind == EntryKind.Part) return Math.Max(this[i].End, End);
            }

            return End;
        }
    }

    public MediaSegment this[int index]
    {
        get
        {
            if (_segments is null) return Make(index);
            return _segments[index] ??= Make(index);
        }
    }

    /// <summary>Index of the segment playing at a media time, the nearest one outside; -1 without any.</summary>
    public int IndexAt(double seconds) => _timeline.IndexAt(TimeSpan.FromSeconds(Math.Clamp(seconds - Shift, 0, 1e9)));

    /// <summary>Index of the first segment that begins at or behind a media time, give or take what two renditions may differ; <see cref="SegmentCount"/> when there is none yet.</summary>
    public int IndexFrom(double seconds)
    {
        var index = IndexAt(seconds);
        if (index < 0) return 0;
        var segment = this[index];

        // The one that holds the time, unless only a splinter of it is left.
        var tolerance = Math.Min(0.25, segment.Duration / 4);
        return seconds < segment.End - tolerance ? index : index + 1;
    }

    /// <summary>The same with other times.</summary>
    public MediaTrack Shifted(double shift) => new(_timeline, SegmentCount, Version, shift, _inits);

    /// <summary>The same with what its file's index lists.</summary>
    /// <param name="index">As read.</param>
    /// <param name="range">Where in the file it was read.</param>
    public MediaTrack With(SegmentIndex index, ByteRange range)
    {
        var file = ((DashTimeline)_timeline).Tracks[0] is IndexedTrack { Awaited: { } awaited } ? awaited.Address : default;
        var listed = _timeline.With(new RangedAddress(file, range), index);
        return new MediaTrack(listed, listed.Count, Version, Shift, _inits);
    }

    private MediaSegment Make(int index)
    {
        var entry = _timeline[index];
        return new MediaSegment
        {
            Kind = entry.Kind,
            Path = (entry.Flags & (EntryFlags.Gap | EntryFlags.Foreign)) != EntryFlags.None ? null : ManifestLibrary.PathOf(entry.Address),
            Range = entry.Range,
            Sequence = entry.Sequence,
            Start = entry.Start.TotalSeconds + Shift,
            Duration = entry.Duration.TotalSeconds,
            Init = entry.Init is { } init ? InitOf(init) : null,
            PlaysAt = entry.PlaysAt,
            AvailableAt = entry.AvailableAt,
            AfterDiscontinuity = (entry.Flags & EntryFlags.Discontinuity) != EntryFlags.None,
        };
    }

    /// <summary>One object per initialisation section, so that a player sees by reference whether it has it.</summary>
    private MediaSegment InitOf(RangedAddress at)
    {
        lock (_inits)
        {
            if (_inits.TryGetValue(at, out var known)) return known;
            var made = new MediaSegment { Kind = EntryKind.Init, Path = ManifestLibrary.PathOf(at.Address), Range = at.Range };
            _inits.Add(at, made);
            return made;
        }
    }
}
