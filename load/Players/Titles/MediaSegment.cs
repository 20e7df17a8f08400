using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Load.Players.Titles;

/// <summary>One thing to load, made once for all players of a title.</summary>
internal sealed class MediaSegment
{
    public required EntryKind Kind { get; init; }

    /// <summary>Below the target, or behind a <c>~</c> below the session's own root; null for what cannot be asked for (gap, foreign host).</summary>
    public required string? Path { get; init; }

    public ByteRange? Range { get; init; }

    /// <summary>Media Sequence Number or segment number.</summary>
    public long Sequence { get; init; }

    /// <summary>Seconds of media time.</summary>
    public double Start { get; init; }

    /// <summary>Seconds.</summary>
    public double Duration { get; init; }

    public double End => Start + Duration;

    /// <summary>What has to be loaded before it, once; null for none.</summary>
    public MediaSegment? Init { get; init; }

    /// <summary>Wall clock of its first sample, where the manifest tells.</summary>
    public DateTimeOffset? PlaysAt { get; init; }

    /// <summary>Earliest instant at which it can be had; null = now.</summary>
    public DateTimeOffset? AvailableAt { get; init; }

    /// <summary>Whether timestamps or encoding change before it.</summary>
    public bool AfterDiscontinuity { get; init; }
}
