namespace Gateway.Live.Timeline;

/// <summary>One track of a segment as the transcoder made it.</summary>
/// <param name="Id">Track id in the file.</param>
/// <param name="Timescale">Ticks per second, above 0.</param>
/// <param name="Start">Decode time at which it begins in the file, ticks; only differences between the tracks mean something.</param>
/// <param name="Duration">Ticks.</param>
/// <param name="Frame">Longest sample, ticks: no two tracks of one recording are cut closer than this.</param>
internal readonly record struct MadeTrack(uint Id, uint Timescale, long Start, long Duration, long Frame);
