using System.Runtime.InteropServices;

namespace Gateway.Adaptation;

/// <summary>A media request of a session, as far as its adaptation looks at it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MediaDemand
{
    /// <summary>When it came, by a clock that never goes back; its zero is the same for all calls to one session.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>Rung in the session's ladder, from the lowest, 0; -1 for audio and for the rendition <c>auto</c>.</summary>
    public required int Rung { get; init; }

    /// <summary>Video, or muxed; else audio or anything beside it.</summary>
    public bool IsVideo { get; init; }

    /// <summary>The rung is for us to choose.</summary>
    public bool IsAuto { get; init; }

    /// <summary>Ordinal of the segment in the title, by which <see cref="Ladders.ISegmentSizes"/> knows it; below 0 = not known.</summary>
    public long Number { get; init; }

    /// <summary>Media time at which it begins; null = not known.</summary>
    public TimeSpan? Start { get; init; }

    /// <summary>Zero = not known.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What the player tells of itself; null for nothing.</summary>
    public CmcdReport? Cmcd { get; init; }
}
