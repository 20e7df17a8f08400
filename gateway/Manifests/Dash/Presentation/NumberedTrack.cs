using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// SegmentTemplate with @duration: everything is arithmetic (ISO/IEC 23009-1 §5.3.9.5.3). Segment i, from 0, has number startNumber + i and begins
/// at i times the duration; $Time$ stands for that product as well.
/// </summary>
internal sealed class NumberedTrack : DashTrack
{
    private readonly UrlTemplate? _template;
    private readonly long _duration;
    private readonly long _firstDelta;
    private readonly long _startNumber;
    private readonly long _skipped;

    /// <param name="clock">Times of the Period.</param>
    /// <param name="template">@media; null when it leads to a foreign host.</param>
    /// <param name="duration">@duration.</param>
    /// <param name="firstDelta">@eptDelta: media time between the beginning of the Period and that of the first segment.</param>
    /// <param name="startNumber">@startNumber.</param>
    /// <param name="endNumber">@endNumber.</param>
    /// <param name="window">How long upstream keeps a segment of a live presentation (@timeShiftBufferDepth).</param>
    public NumberedTrack(
        TrackClock clock, UrlTemplate? template, long duration, long firstDelta, long startNumber, long? endNumber, TimeSpan? window)
        : base(clock)
    {
        _template = template;
        _duration = duration;
        _firstDelta = firstDelta;
        _startNumber = startNumber;
        var count = clock.CountOf(duration, firstDelta);
        if (endNumber is { } end) count = Math.Clamp(end - startNumber + 1, 0, count);

        // A live presentation that counts from 1970 has more segments than an index has bits, and nearly all of them are gone.
        if (clock.AvailabilityStart is { } start && window is { } depth && duration > 0)
        {
            var gone = MediaClock.ToUnits(clock.FetchedAt - start - clock.PeriodStart - depth, clock.Timescale) / duration;
            _skipped = Math.Clamp(gone - 1, 0, count);
        }

        _skipped = Math.Max(_skipped, clock.AvailabilityStart is null ? 0 : count - (int.MaxValue / 2));

        Count = (int)Math.Min(count - _skipped, int.MaxValue / 2);
    }

    public override int Count { get; }

    public override TimeSpan TargetDuration => MediaClock.ToTime(_duration, Clock.Timescale);

    public override TimeSpan End => Count == 0 ? Clock.PeriodStart : EndOf(_skipped + Count - 1);

    public override TimelineEntry At(int index)
    {
        var segment = _skipped + index;
        var start = StartOf(segment);
        var address = _template?.Fill(_startNumber + segment, segment * _duration);
        return Clock.Entry(address, null, _startNumber + segment, start, EndOf(segment) - start, isListed: false, afterGap: false);
    }

    public override bool TryFind(MediaAddress address, ByteRange? range, out int index)
    {
        index = -1;
        if (_template is null || !_template.TryRead(address, out var number, out var time)) return false;
        if (time >= 0 && (_duration == 0 || time % _duration != 0)) return false;
        var segment = number >= 0 ? number - _startNumber : time >= 0 ? time / _duration : _skipped;
        if (number >= 0 && time >= 0 && segment != time / _duration) return false;
        if (segment < _skipped || segment - _skipped >= Count) return false;
        index = (int)(segment - _skipped);
        return true;
    }

    public override bool Makes(MediaAddress address) => _template is not null && _template.TryRead(address, out _, out _);

    public override int IndexAt(TimeSpan presentation)
    {
        if (Count == 0) return -1;
        var segment = (MediaClock.ToUnits(presentation - Clock.PeriodStart, Clock.Timescale) - _firstDelta) / _duration;
        return (int)Math.Clamp(segment - _skipped, 0, Count - 1);
    }

    private TimeSpan EndOf(long segment)
    {
        var end = StartOf(segment + 1);
        return Clock.PeriodDuration is { } length && end > Clock.PeriodStart + length ? Clock.PeriodStart + length : end;
    }

    private TimeSpan StartOf(long segment) =>
        Clock.PeriodStart + MediaClock.ToTime((segment * _duration) + _firstDelta, Clock.Timescale);
}
