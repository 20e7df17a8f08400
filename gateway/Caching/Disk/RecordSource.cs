namespace Gateway.Caching.Disk;

/// <summary>Reads the heads of records from a slab that the caller has entered, or owns.</summary>
internal static class RecordSource
{
    /// <summary>Bytes that are read at first: almost every head fits.</summary>
    private const int First = SlabLayout.Block;

    /// <summary>The head of a record; null when there is none of the slab's present generation. Its bytes stay in the buffer.</summary>
    /// <param name="buffer">A block at least; replaced by a larger one where the head needs that.</param>
    public static RecordHead? ReadHead(Slab slab, DiskPlace place, ulong seed, ref byte[] buffer)
    {
        var offset = (long)(place.Block - slab.FirstBlock) * SlabLayout.Block;
        var read = slab.Read(buffer.AsSpan(0, First), offset);
        var length = RecordHead.LengthOf(buffer.AsSpan(0, read));
        if (length > buffer.Length) Array.Resize(ref buffer, length);
        if (length > read) read += slab.Read(buffer.AsSpan(read, length - read), offset + read);
        return length == 0 ? null : RecordHead.Read(seed, slab.Generation, buffer.AsSpan(0, read));
    }

    /// <summary>Whether a record's body is as it was written.</summary>
    public static bool IsWhole(Slab slab, long offset, RecordHead head, ulong seed, byte[] buffer)
    {
        var sum = new Checksum(seed);
        for (long done = 0; done < head.BodyLength;)
        {
            var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, head.BodyLength - done));
            if (slab.Read(piece, offset + head.Bytes + done) < piece.Length) return false;
            sum.Append(piece);
            done += piece.Length;
        }

        return sum.Value == head.BodySum;
    }
}
