namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// A Pattern of a SegmentTimeline (ISO/IEC 23009-1:2025 §5.3.9.6): durations that recur, three segments of one and one of another. An S element names it with @p, begins
/// at its entry @pE, and says with @r how many segments follow.
/// </summary>
internal sealed class SegmentPattern
{
    /// <summary>Segments of one turn: HE-AAC beside video of 6,006 ms has 64, the longest that is known.</summary>
    private const int MaxLength = 4096;

    private readonly List<long> _durations = [];

    /// <summary>Segments of one turn.</summary>
    public int Length => _durations.Count;

    /// <summary>Duration of the segment at a place, counted on over the turns.</summary>
    public long this[long index] => _durations[(int)(index % _durations.Count)];

    /// <summary>Takes a P element.</summary>
    public void Add(long duration, long repeat)
    {
        if (duration <= 0) return;
        for (var i = 0L; i <= Math.Max(repeat, 0) && _durations.Count < MaxLength; i++) _durations.Add(duration);
    }
}
