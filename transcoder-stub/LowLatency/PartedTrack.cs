using System.Globalization;
using Microsoft.Net.Http.Headers;
using TranscoderStub.Live;
using TranscoderStub.Titles;

namespace TranscoderStub.LowLatency;

/// <summary>
/// One rendition of an endless title, published part by part. A part is complete when its last frame is over, exactly, so that renditions whose
/// frames differ in length keep their own time. Like <see cref="LoopClock"/> it is pure arithmetic over the wall clock: nothing runs between requests.
/// </summary>
internal sealed class PartedTrack
{
    private readonly LoopClock _clock;
    private readonly long _loopTicks;

    // Flat over one loop: the end of each part, from the loop's start, in TimeSpan ticks, rounded up; and where each part belongs.
    private readonly long[] _ends;
    private readonly PartPosition[] _positions;
    private readonly List<Fragment>[] _fragments;
    private readonly int[] _firstOfSegment;

    /// <exception cref="InvalidDataException">The segments are not made of fragments.</exception>
    public PartedTrack(LoopedTrack track, LoopClock clock)
    {
        Track = track;
        _clock = clock;
        _loopTicks = (clock.SegmentDuration * clock.SegmentsPerLoop).Ticks;
        _fragments = [.. track.Stored.Select(s => Fragment.In(s.Body.ReadAll()))];
        _positions = [.. _fragments.SelectMany((f, segment) => f.Select((_, part) => new PartPosition(segment, part)))];
        var starts = _fragments.SelectMany(f => f.Select(x => x.Start)).ToArray();
        _ends = [.. starts.Skip(1).Select(start => DivideUp(start * TimeSpan.TicksPerSecond, track.Timescale)), _loopTicks];
        _firstOfSegment = [.. _fragments.Select((_, segment) => Array.FindIndex(_positions, p => p.Segment == segment))];
        Longest = TimeSpan.FromTicks(_ends.Select((end, i) => end - (i == 0 ? 0 : _ends[i - 1])).Max());
    }

    public LoopedTrack Track { get; }

    /// <summary>The longest part.</summary>
    public TimeSpan Longest { get; }

    public int PartsOf(long segment) => _fragments[_clock.IndexOf(segment)].Count;

    public bool IsIndependent(PartPosition position) => _fragments[_clock.IndexOf(position.Segment)][position.Part].Independent;

    public TimeSpan DurationOf(PartPosition position)
    {
        var at = Flat(position);
        return TimeSpan.FromTicks(_ends[at] - (at == 0 ? 0 : _ends[at - 1]));
    }

    /// <summary>When the part is complete.</summary>
    public DateTimeOffset CompleteAt(PartPosition position) =>
        _clock.Epoch + TimeSpan.FromTicks((_clock.LoopOf(position.Segment) * _loopTicks) + _ends[Flat(position)]);

    /// <summary>The first part that is not complete: the one that a playlist hints at. <paramref name="now"/> is not before the epoch.</summary>
    public PartPosition Next(DateTimeOffset now)
    {
        var (loop, within) = Math.DivRem((now - _clock.Epoch).Ticks, _loopTicks);
        var at = Array.BinarySearch(_ends, within);
        var position = _positions[at >= 0 ? at + 1 : ~at];
        return position with { Segment = position.Segment + (loop * _clock.SegmentsPerLoop) };
    }

    /// <summary>The last complete part.</summary>
    public PartPosition Last(DateTimeOffset now)
    {
        var next = Next(now);
        return next.Part > 0 ? next with { Part = next.Part - 1 } : new PartPosition(next.Segment - 1, PartsOf(next.Segment - 1) - 1);
    }

    /// <summary>RFC 8216bis §6.2.5.2: a part behind the last one of its segment means the first one of the following segment.</summary>
    public PartPosition Normalise(PartPosition position) => position.Part < PartsOf(position.Segment) ? position : new PartPosition(position.Segment + 1, 0);

    public static string NameOf(PartPosition position) => string.Create(CultureInfo.InvariantCulture, $"part_{position.Segment}.{position.Part}.m4s");

    /// <summary>Reads a position back out of a name; only the exact form of a part that exists counts.</summary>
    public bool TryPosition(string name, out PartPosition position)
    {
        position = default;
        if (name.Split('.') is not [var first, var second, "m4s"] || !first.StartsWith("part_", StringComparison.Ordinal)) return false;
        if (!long.TryParse(first.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var segment)) return false;
        if (!int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var part)) return false;
        position = new PartPosition(segment, part);
        return part < PartsOf(segment) && NameOf(position) == name;
    }

    public MediaFile Part(PartPosition position, string cacheControl)
    {
        var stored = Track.Stored[_clock.IndexOf(position.Segment)];
        var fragment = _fragments[_clock.IndexOf(position.Segment)][position.Part];
        return stored with
        {
            Body = Track.Timed(stored.Body, fragment.Offset, fragment.Length, position.Segment),
            ETag = new EntityTagHeaderValue(string.Create(
                CultureInfo.InvariantCulture, $"\"{stored.ETag.Tag.AsSpan().Trim('"')}-{_clock.LoopOf(position.Segment)}.{position.Part}\"")),
            LastModified = CompleteAt(position),
            CacheControl = cacheControl,
        };
    }

    private int Flat(PartPosition position) => _firstOfSegment[_clock.IndexOf(position.Segment)] + position.Part;

    private static long DivideUp(long a, long b) => (a + b - 1) / b;
}
