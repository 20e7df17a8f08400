using Gateway.Timelines;

namespace Gateway.Adaptation.Serving;

/// <summary>
/// Where the segments of a broadcast lie on one line of media time. A sliding playlist tells times from its own beginning, which moves with each reload; the Media Sequence Number does not (RFC 8216 §6.2.2), so a
/// segment's place follows from how many numbers it is away from the one before.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="AdaptedSession"/> guards it.</remarks>
internal sealed class SlidingPosition
{
    private TimelineEntry? _last;

    /// <summary>The segment with its <see cref="TimelineEntry.Start"/> on that line.</summary>
    public TimelineEntry Placed(in TimelineEntry entry)
    {
        var placed = entry;
        if (_last is { } last)
        {
            var numbers = entry.Sequence - last.Sequence;
            placed = entry with
            {
                Start = numbers > 0 ? last.Start + last.Duration + (entry.Duration * (numbers - 1)) : last.Start + (entry.Duration * numbers),
            };
        }

        _last = placed;
        return placed;
    }
}
