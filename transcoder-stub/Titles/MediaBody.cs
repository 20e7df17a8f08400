namespace TranscoderStub.Titles;

/// <summary>
/// Where the bytes of an answer come from. Stored media stays on disk and is read by offset, so that memory does not grow with titles or readers;
/// what is composed for one answer (a playlist, a live segment with moved times) is in memory.
/// </summary>
internal abstract class MediaBody
{
    /// <summary>Bytes.</summary>
    public abstract long Length { get; }

    /// <summary>A seekable stream over all bytes, for one reader, who disposes it.</summary>
    /// <exception cref="IOException">The file is gone, unreadable or no longer the one that was measured.</exception>
    public abstract Stream Open();

    /// <summary>As <see cref="Open"/>; null where that fails.</summary>
    public Stream? TryOpen()
    {
        try
        {
            return Open();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A copy of some bytes.</summary>
    /// <exception cref="IOException">As <see cref="Open"/>, or the file ends before the range does.</exception>
    public byte[] Read(long offset, int length)
    {
        using var stream = Open();
        stream.Position = offset;
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>All bytes; only for what is known to be small (a playlist, one segment).</summary>
    public byte[] ReadAll() => Read(0, checked((int)Length));
}
