namespace TranscoderStub.JustInTime;

/// <summary>
/// Where the segments of a track begin, as pure arithmetic. A track is a row of frames of equal length. Segment <c>k</c> begins with the first frame that
/// starts at or after <c>k</c> segment durations, so that tracks with different frames (1001/30000 s of picture, 1024/44100 s of sound) are cut at the
/// same moments, each less than one of its own frames late, and never drift apart.
/// </summary>
/// <param name="Timescale">Ticks per second.</param>
/// <param name="FrameTicks">Ticks of a frame.</param>
/// <param name="Frames">All frames of the track.</param>
/// <param name="PerSegmentNumerator">Frames of a segment, as a fraction.</param>
/// <param name="PerSegmentDenominator">Its denominator.</param>
internal sealed record TrackTimeline(uint Timescale, int FrameTicks, long Frames, long PerSegmentNumerator, long PerSegmentDenominator)
{
    public int Segments => checked((int)((Frames - 1) * PerSegmentDenominator / PerSegmentNumerator) + 1);

    /// <summary>Number of the first frame of a segment; for the segment behind the last, the number of frames.</summary>
    public long FirstFrame(int segment) => Math.Min(Frames, DivideUp(segment * PerSegmentNumerator, PerSegmentDenominator));

    public int FramesOf(int segment) => (int)(FirstFrame(segment + 1) - FirstFrame(segment));

    /// <summary>Ticks.</summary>
    public long StartOf(int segment) => FirstFrame(segment) * FrameTicks;

    /// <summary>Ticks.</summary>
    public long DurationOf(int segment) => StartOf(segment + 1) - StartOf(segment);

    public double SecondsOf(int segment) => (double)DurationOf(segment) / Timescale;

    public double TotalSeconds => (double)Frames * FrameTicks / Timescale;

    /// <summary>The segment that plays at a moment; the last one for moments behind the end.</summary>
    public int SegmentAt(double seconds)
    {
        var frame = (long)(Math.Clamp(seconds, 0, TotalSeconds) * Timescale / FrameTicks);
        return (int)Math.Min(Segments - 1, frame * PerSegmentDenominator / PerSegmentNumerator);
    }

    private static long DivideUp(long a, long b) => (a + b - 1) / b;
}
