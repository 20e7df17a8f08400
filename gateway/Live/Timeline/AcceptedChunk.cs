namespace Gateway.Live.Timeline;

/// <summary>A chunk that was confirmed to its uploader.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Digest">First half of the SHA-256 of its bytes.</param>
/// <param name="Seconds">Duration, as its container tells it.</param>
internal readonly record struct AcceptedChunk(long Length, UInt128 Digest, double Seconds);
