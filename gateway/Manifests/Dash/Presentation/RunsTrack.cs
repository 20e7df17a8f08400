using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>SegmentTemplate with SegmentTimeline: listed times, computed addresses.</summary>
/// <param name="clock">Times of the Period.</param>
/// <param name="template">@media; null when it leads to a foreign host.</param>
/// <param name="runs">The SegmentTimeline, cut at the end of the Period.</param>
/// <param name="startNumber">@startNumber.</param>
/// <param name="parts">$SubNumber$s that each segment consists of (S@k).</param>
/// <param name="listed">Segments that the document lists; those behind come from an open repetition and are not there before their time.</param>
internal sealed class RunsTrack(TrackClock clock, UrlTemplate? template, SegmentRuns runs, long startNumber, int parts, int listed) : DashTrack(clock)
{
    /// <summary>The times, which Representations of one set share.</summary>
    public SegmentRuns Runs => runs;

    public override int Count => runs.Count;

    public override TimeSpan TargetDuration => MediaClock.ToTime(runs.LongestDuration * parts, Clock.Timescale);

    public override TimeSpan End => Count == 0 ? Clock.PeriodStart : Clock.ToPresentation(runs.End);

    public override long Bytes => runs.Bytes;

    public override TimelineEntry At(int index)
    {
        var start = runs.StartOf(index, out var duration, out var afterGap);
        var part = index % parts;
        var number = startNumber + (index / parts);
        return Clock.Entry(
            template?.Fill(number, start - (part * duration), part + 1),
            null,
            number,
            Clock.ToPresentation(start),
            MediaClock.ToTime(duration, Clock.Timescale),
            isListed: index < listed,
            afterGap);
    }

    public override bool TryFind(MediaAddress address, ByteRange? range, out int index)
    {
        index = -1;
        if (template is null || !template.TryRead(address, out var number, out var time, out var part)) return false;
        if (number >= 0) index = number >= startNumber && number - startNumber < Count / parts ? (int)(number - startNumber) * parts : -1;
        else if (time >= 0) index = runs.IndexOf(time);
        else if (Count > 0) index = 0;

        // With nothing between them, "$Number$$Time$" can be read in several ways: what does not agree was read in a wrong one.
        if (number >= 0 && time >= 0 && index >= 0 && runs.StartOf(index, out _, out _) != time) index = -1;
        // Where the parts of a sequence are not told apart, each of them is the segment.
        if (index < 0 || parts == 1 || part <= 1) return index >= 0;
        index = part <= parts ? index + (int)part - 1 : -1;
        return index >= 0;
    }

    public override bool Makes(MediaAddress address) => template is not null && template.TryRead(address, out _, out _);

    /// <summary>Whether an address is that of the last segment, or of one of its parts.</summary>
    public bool IsLast(MediaAddress address) => TryFind(address, null, out var index) && index >= Count - parts;

    /// <summary>Whether an address is that of a segment behind the last one.</summary>
    public bool IsBeyond(MediaAddress address)
    {
        if (template is null || !template.TryRead(address, out var number, out var time)) return false;
        return time >= 0 ? time >= runs.End : number >= 0 && number - startNumber >= Count / parts;
    }

    public override int IndexAt(TimeSpan presentation) => runs.IndexAt(Clock.ToMedia(presentation));
}
