namespace TranscoderStub.Live;

/// <summary>
/// The arithmetic of an endless loop, without state: segment <c>n</c> of the live presentation is segment <c>n mod SegmentsPerLoop</c> of the title,
/// covers <c>[Epoch + n·d, Epoch + (n+1)·d)</c> and is complete at the end of that span. Every machine with the same clock tells the same story,
/// and a restart interrupts nothing.
/// </summary>
/// <param name="Epoch">Start of segment 0.</param>
/// <param name="SegmentDuration">Nominal; a rendition whose frames do not end on it may run over by less than one frame.</param>
/// <param name="SegmentsPerLoop">Segments of the title.</param>
/// <param name="WindowSegments">Segments of a full playlist.</param>
internal sealed record LoopClock(DateTimeOffset Epoch, TimeSpan SegmentDuration, int SegmentsPerLoop, int WindowSegments)
{
    /// <summary>Number of the newest complete segment; negative before the first one is.</summary>
    public long Newest(DateTimeOffset now) => FloorDivide((now - Epoch).Ticks, SegmentDuration.Ticks) - 1;

    /// <summary>Number of the first segment in the playlist.</summary>
    public long Oldest(DateTimeOffset now) => Math.Max(0, Newest(now) - WindowSegments + 1);

    public DateTimeOffset StartOf(long segment) => Epoch + new TimeSpan(segment * SegmentDuration.Ticks);

    public long LoopOf(long segment) => segment / SegmentsPerLoop;

    public int IndexOf(long segment) => (int)(segment % SegmentsPerLoop);

    /// <summary>Whether the segment is the first of a new round: another encoding begins, which a playlist has to say.</summary>
    public bool BreaksBefore(long segment) => segment > 0 && IndexOf(segment) == 0;

    /// <summary>
    /// EXT-X-DISCONTINUITY-SEQUENCE of a playlist that starts at <paramref name="oldest"/>: the breaks that have left it. A break stays as long as
    /// the segment that it precedes, so one right before the oldest segment is still in the playlist and not counted yet.
    /// </summary>
    public long BreaksRemoved(long oldest) => oldest == 0 ? 0 : (oldest - 1) / SegmentsPerLoop;

    /// <remarks>
    /// RFC 8216bis §6.2.2: a segment stays for its own duration and that of the longest playlist it was in, counted from its removal;
    /// a second window plus two segments is that, with one segment to spare for a slow client.
    /// </remarks>
    public SegmentPresence PresenceOf(long segment, DateTimeOffset now)
    {
        if (segment > Newest(now)) return SegmentPresence.NotYet;
        return segment < Oldest(now) - WindowSegments - 2 || segment < 0 ? SegmentPresence.Gone : SegmentPresence.Present;
    }

    // The clock may stand before the epoch, where C#'s division would round towards zero.
    private static long FloorDivide(long a, long b) => a >= 0 ? a / b : -((-a + b - 1) / b);
}
