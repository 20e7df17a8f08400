namespace Gateway.Live.Timeline;

/// <summary>By how much a track of a segment is moved, so that it begins where it has to.</summary>
/// <param name="Track">Track id.</param>
/// <param name="Ticks">In the track's timescale.</param>
internal readonly record struct TrackShift(uint Track, long Ticks);
