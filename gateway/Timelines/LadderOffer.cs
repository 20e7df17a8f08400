using System.Collections.Frozen;
using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>
/// The part of a ladder (a multivariant playlist, an MPD) that is offered under a bitrate limit, and the part that the limit leaves out. Both are read from the very bytes
/// that go out and that came in, so nothing that the ladder shows can be taken for left out. Immutable; sessions with the same limit share it.
/// </summary>
internal record LadderOffer
{
    public required int MaxKbps { get; init; }

    /// <summary>The limit cannot be applied to it, so that nothing of it is offered.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Memory of <see cref="Timelines"/> and <see cref="Whole"/>, where they are its own.</summary>
    public long TimelineBytes { get; init; }

    /// <summary>Media playlists that the limited ladder names, as variant or as rendition; empty for an MPD.</summary>
    public FrozenSet<MediaAddress> Shown { get; init; } = FrozenSet<MediaAddress>.Empty;

    /// <summary>Media playlists that only the whole ladder names.</summary>
    public FrozenSet<MediaAddress> Withheld { get; init; } = FrozenSet<MediaAddress>.Empty;

    /// <summary>Of an MPD, the timelines that are offered.</summary>
    public IReadOnlyList<MediaTimeline> Timelines { get; init; } = [];

    /// <summary>Of an MPD of which something is left out, all timelines, as of the same moment; else empty.</summary>
    public IReadOnlyList<MediaTimeline> Whole { get; init; } = [];

    /// <summary>Whether a segment is one of the timelines' own, whenever it is listed.</summary>
    public static bool Makes(IReadOnlyList<MediaTimeline> timelines, MediaAddress segment)
    {
        foreach (var timeline in timelines)
        {
            if (timeline.Makes(segment)) return true;
        }

        return false;
    }

    /// <summary>Whether one of the timelines has a segment.</summary>
    public static bool Lists(IReadOnlyList<MediaTimeline> timelines, MediaAddress segment, ByteRange? range)
    {
        foreach (var timeline in timelines)
        {
            if (timeline.TryFind(segment, range, out _)) return true;
        }

        return false;
    }
}
