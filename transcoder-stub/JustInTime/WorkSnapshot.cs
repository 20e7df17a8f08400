namespace TranscoderStub.JustInTime;

/// <summary><c>GET /_stub/work</c>.</summary>
/// <param name="EncodersStarted">Runs of ffmpeg that make segments.</param>
/// <param name="SegmentsMade">Complete segments.</param>
/// <param name="SegmentsKept">Of these, stored on disk.</param>
/// <param name="SegmentsNotKept">Of these, not stored: byte bound, free space, or a disk that failed.</param>
/// <param name="CorruptFound">Stored segments that were not what had been written, and were deleted.</param>
/// <param name="EncodersFailed">Runs that ended with an error.</param>
/// <param name="EncodersCancelled">Runs that were ended because nobody waited, or another one needed the place.</param>
/// <param name="AskersRefused">Requests that found the queue full or waited too long in it.</param>
/// <param name="Running">Encoders now.</param>
/// <param name="Queued">Requests that wait for an encoder now.</param>
/// <param name="StoredBytes">Bytes of all stored segments.</param>
internal sealed record WorkSnapshot(
    long EncodersStarted, long SegmentsMade, long SegmentsKept, long SegmentsNotKept, long CorruptFound, long EncodersFailed, long EncodersCancelled, long AskersRefused,
    int Running, int Queued, long StoredBytes);
