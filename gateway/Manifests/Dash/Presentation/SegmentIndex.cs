using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// Reads a Segment Index box (ISO/IEC 14496-12 §8.16.3), with which single-file Representations list their segments as byte ranges. The manifest only
/// tells where the box lies; whoever holds its bytes gives them to <see cref="TryRead"/>.
/// </summary>
internal static class SegmentIndex
{
    /// <summary>Reads the first sidx of a run of boxes.</summary>
    /// <param name="bytes">Bytes of the file beginning with a box, usually exactly the index range.</param>
    /// <param name="offset">Where in the file they begin.</param>
    /// <param name="timescale">Units of the times in <paramref name="entries"/> per second.</param>
    /// <param name="entries">Segments in order; references to further indexes are left out.</param>
    /// <returns>False for what is no complete sidx.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, long offset, out long timescale, out Entry[] entries)
    {
        timescale = 0;
        entries = [];
        for (var position = 0L; bytes.Length - position >= 8;)
        {
            var box = bytes[(int)position..];
            long size = BinaryPrimitives.ReadUInt32BigEndian(box);
            var header = 8;
            if (size == 1)
            {
                if (box.Length < 16) return false;
                size = (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(box[8..]), long.MaxValue / 2);
                header = 16;
            }

            if (size == 0) size = box.Length;
            if (size < header) return false;
            if (box.Slice(4, 4).SequenceEqual("sidx"u8))
            {
                return size <= box.Length && TryReadBox(box[header..(int)size], offset + position + size, out timescale, out entries);
            }

            position += size;
        }

        return false;
    }

    private static bool TryReadBox(ReadOnlySpan<byte> box, long end, out long timescale, out Entry[] entries)
    {
        timescale = 0;
        entries = [];
        if (box.Length < 24) return false;
        var isLong = box[0] != 0;
        timescale = BinaryPrimitives.ReadUInt32BigEndian(box[8..]);
        if (timescale == 0 || (isLong && box.Length < 32)) return false;
        var time = isLong ? BinaryPrimitives.ReadUInt64BigEndian(box[12..]) : BinaryPrimitives.ReadUInt32BigEndian(box[12..]);
        var first = isLong ? BinaryPrimitives.ReadUInt64BigEndian(box[20..]) : BinaryPrimitives.ReadUInt32BigEndian(box[16..]);
        var rest = box[(isLong ? 28 : 20)..];
        int count = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        rest = rest[4..];
        if (rest.Length < count * 12L || time > long.MaxValue / 2 || first > long.MaxValue / 2) return false;
        var found = new List<Entry>(count);
        var at = end + (long)first;
        var start = (long)time;
        for (; count > 0; count--, rest = rest[12..])
        {
            var reference = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var length = reference & 0x7FFF_FFFF;
            var duration = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            if (reference >> 31 == 0) found.Add(new Entry(at, length, start, duration));
            at += length;
            start += duration;
        }

        entries = [.. found];
        return true;
    }

    /// <summary>One segment.</summary>
    /// <param name="Offset">First byte in the file.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="Start">Media time.</param>
    /// <param name="Duration">Media time.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Entry(long Offset, long Length, long Start, long Duration);
}
