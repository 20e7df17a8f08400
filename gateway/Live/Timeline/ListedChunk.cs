namespace Gateway.Live.Timeline;

/// <summary>What is kept of a chunk as long as its entry is in the playlist, in 48 bytes: the same chunk sent again is told from another one for as long.</summary>
internal readonly struct ListedChunk(AcceptedChunk chunk, DateTimeOffset at)
{
    private readonly ulong _upper = (ulong)(chunk.Digest >> 64), _lower = (ulong)chunk.Digest;
    private readonly double _seconds = chunk.Seconds;
    private readonly long _at = at.UtcTicks;
    private readonly bool _isAside = chunk.IsAside;

    /// <summary>Bytes; 0 where none has come.</summary>
    public long Length { get; } = chunk.Length;

    public AcceptedChunk Chunk => new(Length, new UInt128(_upper, _lower), _seconds, _isAside);

    /// <summary>When it was confirmed, or the entry became a gap.</summary>
    public DateTimeOffset At => new(_at, TimeSpan.Zero);
}
