namespace Gateway.Live.Timeline;

/// <summary>One line of a session's journal. Immutable.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When, by the clock of the node that wrote it.</param>
/// <param name="Index">The chunk; -1 where it is about none.</param>
internal sealed record LiveRecord(LiveRecordKind Kind, DateTimeOffset At, int Index = -1)
{
    /// <summary>Of <see cref="LiveRecordKind.Missed"/>: the last chunk of the run; -1 where it is one chunk alone.</summary>
    public int Through { get; init; } = -1;

    /// <summary>Of <see cref="LiveRecordKind.Accepted"/>.</summary>
    public AcceptedChunk Chunk { get; init; }

    /// <summary>Of <see cref="LiveRecordKind.Made"/>.</summary>
    public MadeSegment? Segment { get; init; }

    /// <summary>Of <see cref="LiveRecordKind.Failed"/>: a word; of <see cref="LiveRecordKind.Ended"/>: who ended it.</summary>
    public string? Reason { get; init; }
}
