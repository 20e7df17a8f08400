namespace Gateway.Live.Timeline;

/// <summary>A chunk that was confirmed to its uploader.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Digest">First half of the SHA-256 of its bytes.</param>
/// <param name="Seconds">Duration, as its container tells it.</param>
/// <param name="IsAside">Whether it lies under a key with its digest (<see cref="Keys.StreamChunkKey.AsideOf"/>).</param>
internal readonly record struct AcceptedChunk(long Length, UInt128 Digest, double Seconds, bool IsAside = false)
{
    /// <summary>Whether two are the same bytes, wherever they lie.</summary>
    public bool IsSame(AcceptedChunk other) => Digest == other.Digest && Length == other.Length;
}
