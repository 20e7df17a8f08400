namespace Gateway.Live.Containers;

/// <summary>When the fragments of a track play.</summary>
/// <param name="Start">Decode time of the first one, ticks.</param>
/// <param name="End">End of the last one, ticks.</param>
/// <param name="Frame">Longest sample, ticks.</param>
internal sealed record FragmentTime(long Start, long End, long Frame);
