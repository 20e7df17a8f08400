using System.Collections.Immutable;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// What a player of one Representation goes through: its segments Period by Period, where each following Period goes on with the Representation that
/// resembles it most. Media times are those of the presentation, so that the same time means the same moment in all of its timelines.
/// </summary>
internal sealed class DashTimeline : MediaTimeline
{
    private readonly ImmutableArray<DashTrack> _tracks;
    private readonly int[] _first;
    private readonly TimeSpan? _targetDuration;
    private readonly TimeSpan? _delay;

    /// <param name="tracks">One for each Period, in order; at least one.</param>
    /// <param name="hasEnd">Whether nothing will be added.</param>
    /// <param name="targetDuration">MPD@maxSegmentDuration; null to take the segments' own.</param>
    /// <param name="delay">How far behind the live edge players begin (@suggestedPresentationDelay); null for three segments.</param>
    public DashTimeline(ImmutableArray<DashTrack> tracks, bool hasEnd, TimeSpan? targetDuration, TimeSpan? delay)
    {
        _tracks = tracks;
        HasEnd = hasEnd;
        _first = new int[tracks.Length + 1];
        var longest = TimeSpan.Zero;
        for (var i = 0; i < tracks.Length; i++)
        {
            // A Period that would overflow the index is cut: no player is a day ahead.
            _first[i + 1] = (int)Math.Min((long)_first[i] + tracks[i].Count, int.MaxValue / 2);
            if (tracks[i].TargetDuration > longest) longest = tracks[i].TargetDuration;
        }

        TargetDuration = targetDuration ?? longest;
        _targetDuration = targetDuration;
        _delay = delay;
        AwaitsIndex = tracks.Any(t => t is IndexedTrack { Awaited: not null });
    }

    /// <summary>What it is made of.</summary>
    public ImmutableArray<DashTrack> Tracks => _tracks;

    public override bool AwaitsIndex { get; }

    public override bool MayBeOutrun => !HasEnd && _tracks[^1] is RunsTrack;

    public override int Count => _first[^1];

    public override bool HasEnd { get; }

    public override TimeSpan TargetDuration { get; }

    public override TimeSpan Duration => Count == 0 ? TimeSpan.Zero : _tracks[^1].End - this[0].Start;

    public override int StartIndex
    {
        get
        {
            if (Count == 0 || _tracks[0].Clock.AvailabilityStart is not { } start) return Count == 0 ? -1 : 0;
            var edge = _tracks[0].Clock.FetchedAt - start;
            var end = _tracks[^1].End;
            return IndexAt((edge < end ? edge : end) - (_delay ?? 3 * TargetDuration));
        }
    }

    public override TimelineEntry this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var track = TrackOf(index);
            var entry = _tracks[track].At(index - _first[track]);
            return index > 0 && index == _first[track] ? entry with { Flags = entry.Flags | EntryFlags.Discontinuity } : entry;
        }
    }

    public override bool TryFind(MediaAddress address, ByteRange? range, out int index)
    {
        // From the back: live presentations are watched at their end, and Periods that are over pile up at the front.
        for (var i = _tracks.Length - 1; i >= 0; i--)
        {
            if (!_tracks[i].TryFind(address, range, out var within) || _first[i] + within >= _first[i + 1]) continue;
            index = _first[i] + within;
            return true;
        }

        index = -1;
        return false;
    }

    public override bool Makes(MediaAddress address)
    {
        foreach (var track in _tracks)
        {
            if (track.Makes(address)) return true;
        }

        return false;
    }

    public override int IndexAt(TimeSpan start)
    {
        var nearest = -1;
        for (var i = 0; i < _tracks.Length; i++)
        {
            if (_first[i] == _first[i + 1]) continue;
            if (nearest >= 0 && start < _tracks[i].Clock.PeriodStart) break;
            nearest = _first[i] + Math.Min(_tracks[i].IndexAt(start), _first[i + 1] - _first[i] - 1);
        }

        return nearest;
    }

    public override int Next(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return index + 1 < Count ? index + 1 : -1;
    }

    public override RangedAddress? IndexOf(MediaAddress address)
    {
        foreach (var track in _tracks)
        {
            if (track is IndexedTrack { Awaited: { } awaited } && awaited.Address == address) return awaited;
        }

        return null;
    }

    public override bool IsOutrunBy(MediaAddress address) => MayBeOutrun && _tracks[^1] is RunsTrack last && last.IsBeyond(address);

    public override bool IsLastListed(MediaAddress address) => MayBeOutrun && _tracks[^1] is RunsTrack last && last.IsLast(address);

    public override DateTimeOffset? NextDue
    {
        get
        {
            if (!MayBeOutrun || _tracks[^1].Clock is not { AvailabilityStart: { } start, Early: { } early }) return null;
            return MediaClock.Add(start, _tracks[^1].End + _tracks[^1].TargetDuration - early);
        }
    }

    public override MediaTimeline With(RangedAddress at, SegmentIndex index)
    {
        if (!_tracks.Any(t => IsAt(t, at))) return this;
        var tracks = _tracks.Select(t => IsAt(t, at) ? ((IndexedTrack)t).With(index) : t);
        return new DashTimeline([.. tracks], HasEnd, _targetDuration, _delay) { Kind = Kind, Rung = Rung };
    }

    private static bool IsAt(DashTrack track, RangedAddress at) => track is IndexedTrack { Awaited: { } awaited } && awaited == at;

    private int TrackOf(int index)
    {
        var found = Array.BinarySearch(_first, index);
        if (found < 0) return ~found - 1;
        while (found + 1 < _tracks.Length && _first[found + 1] == index) found++;
        return found;
    }
}
