using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>One thing that a player of a rendition asks for, as its manifest lists it. Made on request, not stored.</summary>
internal readonly record struct TimelineEntry
{
    public required EntryKind Kind { get; init; }

    /// <summary>Where it lies; empty with <see cref="EntryFlags.Foreign"/>.</summary>
    public required MediaAddress Address { get; init; }

    /// <summary>The bytes of it; null = the whole resource.</summary>
    public ByteRange? Range { get; init; }

    /// <summary>Media Sequence Number (HLS) or segment number (DASH) of the segment it is or belongs to.</summary>
    public long Sequence { get; init; }

    /// <summary>Media time since the beginning of the timeline.</summary>
    public TimeSpan Start { get; init; }

    public TimeSpan Duration { get; init; }

    public EntryFlags Flags { get; init; }

    /// <summary>Initialisation section that must be there before it.</summary>
    public RangedAddress? Init { get; init; }

    /// <summary>Key that must be there before it; null for clear media and keys that do not come over HTTP or not through us.</summary>
    public MediaAddress? Key { get; init; }

    /// <summary>Wall-clock time of its first sample, where the manifest tells.</summary>
    public DateTimeOffset? PlaysAt { get; init; }

    /// <summary>Earliest instant at which upstream has it; null = it is there already.</summary>
    public DateTimeOffset? AvailableAt { get; init; }
}
