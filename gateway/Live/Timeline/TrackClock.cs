namespace Gateway.Live.Timeline;

/// <summary>
/// Puts segments one after another on one time axis: the first track of each begins exactly where that of the one before ended, and the others keep their distance to it as it was recorded.
/// </summary>
/// <remarks>
/// Within one configuration the first track adds up in whole ticks, so nothing drifts however long the stream. Another track that would overlap its predecessor, or leave a hole, by no more than one
/// of its frames is put directly behind it: cutting at a frame of the picture cuts sound wherever its frame happens to end.
/// </remarks>
internal sealed class TrackClock
{
    private readonly Dictionary<uint, (uint Timescale, long End)> _ends = [];
    private double _seconds;

    /// <summary>Seconds at which the next segment begins.</summary>
    public double Seconds => _seconds;

    /// <summary>Moves on by what nobody recorded.</summary>
    public void Skip(double seconds)
    {
        _seconds += seconds;
        foreach (var (track, (timescale, end)) in _ends.ToArray()) _ends[track] = (timescale, end + Ticks(seconds, timescale));
    }

    /// <summary>Where a segment's tracks have to be moved to follow what was before.</summary>
    public TrackShift[] Place(MadeSegment segment)
    {
        var first = segment.Tracks[0];
        var begin = _ends.TryGetValue(first.Id, out var known) && known.Timescale == first.Timescale ? known.End : Ticks(_seconds, first.Timescale);
        // Nothing begins before zero: at the very first segment, sound may have begun before the picture.
        if (_ends.Count == 0)
        {
            foreach (var other in segment.Tracks) begin = Math.Max(begin, first.Start - Rescale(other.Start, other.Timescale, first.Timescale));
        }

        var shifts = new TrackShift[segment.Tracks.Length];
        var ends = new Dictionary<uint, (uint Timescale, long End)>();
        for (var i = 0; i < shifts.Length; i++)
        {
            var track = segment.Tracks[i];
            var shift = i == 0 ? begin - first.Start : Rescale(begin - first.Start, first.Timescale, track.Timescale);
            if (i > 0 && _ends.TryGetValue(track.Id, out var before) && before.Timescale == track.Timescale && Math.Abs(before.End - (track.Start + shift)) <= track.Frame) shift = before.End - track.Start;
            shift = Math.Max(shift, -track.Start);
            shifts[i] = new TrackShift(track.Id, shift);
            ends[track.Id] = (track.Timescale, track.Start + shift + track.Duration);
        }

        _ends.Clear();
        foreach (var (track, end) in ends) _ends.Add(track, end);
        _seconds += segment.Seconds;
        return shifts;
    }

    private static long Ticks(double seconds, uint timescale) => (long)Math.Round(seconds * timescale);

    private static long Rescale(long ticks, uint from, uint to) => (long)((((Int128)ticks * to) + ((ticks < 0 ? -1L : 1L) * (from / 2))) / from);
}
