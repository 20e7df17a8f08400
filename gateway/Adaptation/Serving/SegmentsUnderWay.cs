using System.Runtime.InteropServices;

namespace Gateway.Adaptation.Serving;

/// <summary>
/// Segments of video that a player has asked for and may not have yet. With the next request it has those that went out whole: the system may still hold the tail of a body when the writer is done with it, so that alone
/// is no sign. Players that ask for the next segment before the one before is read (ffmpeg and mpv do) have several under way. One that never went out whole, or that is asked for again, in another rung, was not taken.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="AdaptedSession"/> guards it.</remarks>
internal sealed class SegmentsUnderWay
{
    private const int Most = 4;

    private readonly List<Segment> _segments = new(Most);

    /// <summary>The body of one went out whole, as far as the writer knows.</summary>
    /// <param name="number">Of the segment in its manifest.</param>
    public void Sent(long number)
    {
        foreach (ref var segment in CollectionsMarshal.AsSpan(_segments)) segment.IsSent |= segment.Number == number;
    }

    /// <summary>One is asked for.</summary>
    /// <param name="number">Of the segment in its manifest.</param>
    /// <param name="demand">The request.</param>
    /// <param name="taken">Takes what the player has by now, in order.</param>
    public void Asked(long number, in MediaDemand demand, List<MediaDemand> taken)
    {
        taken.Clear();
        for (var i = 0; i < _segments.Count;)
        {
            var before = _segments[i];
            var isFollowed = before.Demand.Start < demand.Start;
            if (isFollowed && !before.IsSent)
            {
                i++;
                continue;
            }

            if (isFollowed) taken.Add(before.Demand);
            _segments.RemoveAt(i);
        }

        if (_segments.Count == Most) _segments.RemoveAt(0);
        _segments.Add(new Segment(number, demand));
    }

    /// <summary>Another ladder: what was asked for belongs to none of its rungs.</summary>
    public void Clear() => _segments.Clear();

    private record struct Segment(long Number, MediaDemand Demand)
    {
        public bool IsSent { get; set; }
    }
}
