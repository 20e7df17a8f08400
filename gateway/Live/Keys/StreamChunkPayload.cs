namespace Gateway.Live.Keys;

/// <summary>What a chunk's key says: whose it is, its number, and where it and the segment made of it lie.</summary>
/// <param name="SessionId">Letters, digits, <c>_</c> and <c>-</c>.</param>
/// <param name="Index">From 0 to <see cref="StreamChunkKey.LastIndex"/>.</param>
internal sealed record StreamChunkPayload(string SessionId, int Index)
{
    /// <summary>The version of the key contract by which it was read.</summary>
    public int ContractVersion { get; init; } = StreamChunkKey.Version;

    public StreamMode Mode { get; init; }

    /// <summary>Object key of the uploaded chunk.</summary>
    public string InputKey => StreamChunkKey.InputOf(SessionId, Index);

    /// <summary>Object key of the segment.</summary>
    public string OutputKey => StreamChunkKey.OutputOf(SessionId, Index);
}
