namespace Gateway.Segments;

/// <summary>Why a media response did not reach its last byte; the snake-case name is the event's reason.</summary>
internal enum SegmentEnding
{
    /// <summary>The client left. No fault of the origin.</summary>
    ClientAborted,

    /// <summary>Upstream's body ended early; the client's connection was aborted.</summary>
    OriginBrokeOff,
}
