using System.Collections.Immutable;
using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>
/// Rungs of which any may follow any other, segment by segment: their segments begin and end at the same moments, and one initialisation section serves all of them. A player is shown
/// one of them, the reference, and asks for its segments; each stands for the segment of the same number in every rung.
/// </summary>
/// <param name="Manifest">The multivariant playlist or MPD.</param>
/// <param name="Rungs">From the lowest; at least one.</param>
/// <param name="Reference">Number of the rung that players are shown: the highest, because what it declares (codec, size) covers all others.</param>
internal sealed record AlignedLadder(MediaAddress Manifest, ImmutableArray<AlignedRung> Rungs, int Reference)
{
    /// <summary>Durations in playlists are rounded, to whole milliseconds in most.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(20);

    /// <summary>The rung whose bytes are shown to be asked for.</summary>
    public AlignedRung Shown => Rungs[Reference];

    /// <summary>The segment of a rung that stands for one of the reference; false where the rung does not list it, or not yet.</summary>
    /// <param name="segment">As the reference lists it.</param>
    /// <param name="rung">From the lowest, 0.</param>
    /// <param name="found">The same piece of the title in that rung.</param>
    public bool TryMap(in TimelineEntry segment, int rung, out TimelineEntry found)
    {
        found = default;
        if (segment.Kind != EntryKind.Segment) return false;
        if (rung == Reference)
        {
            found = segment;
            return true;
        }

        var timeline = Rungs[rung].Timeline;
        if (timeline.Count == 0) return false;
        var index = segment.Sequence - timeline[0].Sequence;
        if (index < 0 || index >= timeline.Count) return false;
        found = timeline[(int)index];
        return found.Kind == EntryKind.Segment && found.Sequence == segment.Sequence && (found.Duration - segment.Duration).Duration() <= Rounding;
    }

    /// <summary>Whether two timelines have their borders at the same moments, wherever both list a segment.</summary>
    public static bool AreAligned(MediaTimeline one, MediaTimeline other)
    {
        if (one.Count == 0 || other.Count == 0) return false;
        var shift = other[0].Sequence - one[0].Sequence;
        var compared = 0;
        for (var i = Math.Max(0, shift); i < one.Count && i - shift < other.Count; i++)
        {
            var a = one[(int)i];
            var b = other[(int)(i - shift)];
            if (a.Kind != EntryKind.Segment || b.Kind != EntryKind.Segment) break;
            if (a.Sequence != b.Sequence || (a.Duration - b.Duration).Duration() > Rounding) return false;
            if ((a.Flags & EntryFlags.Discontinuity) != (b.Flags & EntryFlags.Discontinuity)) return false;
            compared++;
        }

        // A film that ends elsewhere in another rung has other borders somewhere.
        return compared > 0 && (!one.HasEnd || !other.HasEnd || one.Count == other.Count);
    }
}
