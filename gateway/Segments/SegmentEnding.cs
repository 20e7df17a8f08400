namespace Gateway.Segments;

/// <summary>Why a media response did not reach its last byte; the snake-case word is the event's reason.</summary>
internal enum SegmentEnding
{
    /// <summary>The client left. No fault of the origin.</summary>
    ClientAborted,

    /// <summary>Upstream ended before its end; the client's connection was cut.</summary>
    OriginBrokeOff,
}
