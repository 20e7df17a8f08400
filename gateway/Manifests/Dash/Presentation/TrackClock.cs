using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>Times that all segments of one Representation in one Period share: the offset of media time to presentation time, and availability.</summary>
internal sealed record TrackClock
{
    /// <summary>Beginning of the Period on the presentation's time line.</summary>
    public required TimeSpan PeriodStart { get; init; }

    /// <summary>Length of the Period; null while it is not known (the last one of a live presentation).</summary>
    public TimeSpan? PeriodDuration { get; init; }

    /// <summary>Units of media time per second.</summary>
    public required long Timescale { get; init; }

    /// <summary>Media time at which the Period begins (@presentationTimeOffset).</summary>
    public long Offset { get; init; }

    /// <summary>MPD@availabilityStartTime of a live presentation; null for on-demand, where everything is there.</summary>
    public DateTimeOffset? AvailabilityStart { get; init; }

    /// <summary>How much earlier than at its end a segment is there (sum of @availabilityTimeOffset); null = at once ("INF").</summary>
    public TimeSpan? Early { get; init; } = TimeSpan.Zero;

    /// <summary>When the MPD was requested from upstream.</summary>
    public required DateTimeOffset FetchedAt { get; init; }

    public RangedAddress? Init { get; init; }

    /// <summary>Presentation time of a media time.</summary>
    public TimeSpan ToPresentation(long mediaTime) => PeriodStart + MediaClock.ToTime(mediaTime - Offset, Timescale);

    /// <summary>Media time of a presentation time.</summary>
    public long ToMedia(TimeSpan presentation) => Offset + MediaClock.ToUnits(presentation - PeriodStart, Timescale);

    /// <summary>
    /// Segments of equal duration that may be asked for without going past the end of the Period, counted from its beginning. Where the Period
    /// has no end yet, those of the coming day: no MPD is kept for longer.
    /// </summary>
    public long CountOf(long duration, long firstDelta)
    {
        if (duration <= 0) return 0;
        var length = PeriodDuration ?? (AvailabilityStart is { } start ? FetchedAt - start - PeriodStart + TimeSpan.FromDays(1) : TimeSpan.Zero);
        var units = (Int128)length.Ticks * Timescale;
        var each = (Int128)duration * TimeSpan.TicksPerSecond;
        var total = units - ((Int128)firstDelta * TimeSpan.TicksPerSecond);

        // Up to a millisecond of rounding in @duration of the Period is no segment more: nothing would be there.
        var tolerance = Int128.Min(each / 2, (Int128)Timescale * TimeSpan.TicksPerMillisecond);
        return (long)Int128.Clamp((total - tolerance + each - 1) / each, 0, long.MaxValue / 4 / duration);
    }

    /// <summary>Earliest instant at which upstream has a segment; null when it is there already.</summary>
    public DateTimeOffset? AvailableAt(TimeSpan presentationEnd)
    {
        if (AvailabilityStart is not { } start || Early is not { } early) return null;
        var available = MediaClock.Add(start, presentationEnd - early);
        return available <= FetchedAt ? null : available;
    }

    /// <summary>Describes a segment.</summary>
    public TimelineEntry Entry(MediaAddress? address, ByteRange? range, long number, TimeSpan start, TimeSpan duration, bool isListed, bool afterGap) => new()
    {
        Kind = EntryKind.Segment,
        Address = address.GetValueOrDefault(),
        Range = range,
        Sequence = number,
        Start = start,
        Duration = duration,
        Flags = (address is null ? EntryFlags.Foreign : EntryFlags.None) | (afterGap ? EntryFlags.Discontinuity : EntryFlags.None),
        Init = Init,
        PlaysAt = AvailabilityStart is { } zero ? MediaClock.Add(zero, start) : null,
        AvailableAt = isListed ? null : AvailableAt(start + duration),
    };
}
