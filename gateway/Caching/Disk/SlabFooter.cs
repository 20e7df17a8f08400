using System.Buffers.Binary;

namespace Gateway.Caching.Disk;

/// <summary>
/// The table of a slab's records, at the slab's end. It is written from time to time while the slab fills, and when it is full: after a crash only what was appended since is
/// to be read record by record. A footer of another generation, or one that was torn, is as good as none.
/// </summary>
/// <param name="Generation">The slab's when it was written.</param>
/// <param name="End">First block behind the records that it lists.</param>
/// <param name="Records">The records in the order in which they were appended.</param>
internal sealed record SlabFooter(long Generation, int End, DiskPlace[] Records)
{
    private const uint Magic = 0x46534744;
    private const int Fixed = 40;
    private const int EachRecord = 24;

    public static int BytesFor(int records) => Fixed + (records * EachRecord);

    /// <summary>Number of records of the footer that begins with these bytes, for reading it whole; 0 when it is none.</summary>
    public static int CountOf(ReadOnlySpan<byte> start) =>
        BinaryPrimitives.ReadUInt32LittleEndian(start) == Magic ? Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(start[4..])) : 0;

    public static byte[] Write(ulong seed, long generation, int end, ReadOnlySpan<DiskPlace> records)
    {
        var bytes = new byte[SlabLayout.BlocksFor(BytesFor(records.Length)) * SlabLayout.Block];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), records.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), generation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), end);
        var at = bytes.AsSpan(Fixed);
        foreach (ref readonly var record in records)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, record.Object);
            BinaryPrimitives.WriteUInt32LittleEndian(at[8..], record.Variant);
            BinaryPrimitives.WriteUInt32LittleEndian(at[12..], record.Block);
            BinaryPrimitives.WriteUInt32LittleEndian(at[16..], record.Blocks);
            at = at[EachRecord..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Sum(seed, bytes, records.Length));
        return bytes;
    }

    /// <summary>Null when the bytes are no footer, or are not as they were written.</summary>
    public static SlabFooter? Read(ulong seed, ReadOnlySpan<byte> bytes)
    {
        var count = CountOf(bytes);
        if (count == 0 || BytesFor(count) > bytes.Length || BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) != Sum(seed, bytes, count)) return null;
        // Every one of them is written below.
        var records = GC.AllocateUninitializedArray<DiskPlace>(count);
        var at = bytes[Fixed..];
        foreach (ref var record in records.AsSpan())
        {
            record = new DiskPlace(
                BinaryPrimitives.ReadUInt64LittleEndian(at),
                BinaryPrimitives.ReadUInt32LittleEndian(at[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(at[12..]),
                BinaryPrimitives.ReadUInt32LittleEndian(at[16..]));
            at = at[EachRecord..];
        }

        return new SlabFooter(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]), records);
    }

    private static ulong Sum(ulong seed, ReadOnlySpan<byte> bytes, int records)
    {
        // The pieces before and behind the sum itself; the first has 16 bytes, and so has no remainder.
        var sum = new Checksum(seed);
        sum.Append(bytes[..16]);
        Span<byte> end = stackalloc byte[16];
        bytes.Slice(16, 8).CopyTo(end);
        sum.Append(end);
        sum.Append(bytes.Slice(Fixed, records * EachRecord));
        return sum.Value;
    }
}
