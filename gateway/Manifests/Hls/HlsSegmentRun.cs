namespace Gateway.Manifests.Hls;

/// <summary>Segments that follow one another in one playlist.</summary>
/// <param name="Timeline">The playlist's.</param>
/// <param name="From">Index of the first one there.</param>
/// <param name="Count">How many.</param>
internal readonly record struct HlsSegmentRun(HlsTimeline Timeline, int From, int Count)
{
    public int To => From + Count;

    /// <summary>Ticks that they last.</summary>
    public long Ticks => Timeline.StartOf(To) - Timeline.StartOf(From);
}
