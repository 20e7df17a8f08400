namespace Gateway.Telemetry.Events;

/// <summary>The steps of a live session and of its chunks.</summary>
internal enum LiveStep
{
    SessionCreated,
    ChunkReceived,
    ChunkRefused,
    ChunkStarted,
    ChunkMade,
    ChunkFailed,
    ChunkListed,
    SessionEnded,
    SessionClosed,
}
