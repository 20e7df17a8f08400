using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>
/// A Segment Index box (ISO/IEC 14496-12 §8.16.3), with which a file lists its own segments as byte ranges. The manifest only tells where the box lies. It says
/// nothing about who plays the file, so one serves all viewers and all versions of the manifest.
/// </summary>
internal sealed class SegmentIndex
{
    /// <summary>Longest index that is read: one with all references that the box can count has 768 KiB.</summary>
    public const int MaxBytes = 1 << 20;

    private readonly Entry[] _entries;

    private SegmentIndex(ByteRange range, long timescale, Entry[] entries)
    {
        Range = range;
        Timescale = timescale;
        _entries = entries;
    }

    /// <summary>Where in the file it was read.</summary>
    public ByteRange Range { get; }

    /// <summary>Units of the times in <see cref="Entries"/> per second.</summary>
    public long Timescale { get; }

    /// <summary>Segments in order, offsets and times ascending; references to further indexes are left out.</summary>
    public ReadOnlySpan<Entry> Entries => _entries;

    /// <summary>Memory, about.</summary>
    public long Bytes => 128 + ((long)_entries.Length * 32);

    /// <summary>Reads the first sidx of a run of boxes.</summary>
    /// <param name="bytes">Bytes of the file beginning with a box, usually exactly the index range.</param>
    /// <param name="range">Where in the file they lie.</param>
    /// <returns>Null for what is no complete sidx.</returns>
    public static SegmentIndex? Read(ReadOnlySpan<byte> bytes, ByteRange range)
    {
        for (var position = 0L; bytes.Length - position >= 8;)
        {
            var box = bytes[(int)position..];
            long size = BinaryPrimitives.ReadUInt32BigEndian(box);
            var header = 8;
            if (size == 1)
            {
                if (box.Length < 16) return null;
                size = (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(box[8..]), long.MaxValue / 2);
                header = 16;
            }

            if (size == 0) size = box.Length;
            if (size < header) return null;
            if (box.Slice(4, 4).SequenceEqual("sidx"u8))
                return size <= box.Length ? ReadBox(box[header..(int)size], range.Offset + position + size, range) : null;
            position += size;
        }

        return null;
    }

    private static SegmentIndex? ReadBox(ReadOnlySpan<byte> box, long end, ByteRange range)
    {
        if (box.Length < 24) return null;
        var isLong = box[0] != 0;
        var timescale = BinaryPrimitives.ReadUInt32BigEndian(box[8..]);
        if (timescale == 0 || (isLong && box.Length < 32)) return null;
        var time = isLong ? BinaryPrimitives.ReadUInt64BigEndian(box[12..]) : BinaryPrimitives.ReadUInt32BigEndian(box[12..]);
        var first = isLong ? BinaryPrimitives.ReadUInt64BigEndian(box[20..]) : BinaryPrimitives.ReadUInt32BigEndian(box[16..]);
        var rest = box[(isLong ? 28 : 20)..];
        int count = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        rest = rest[4..];
        if (rest.Length < count * 12L || time > long.MaxValue / 4 || first > long.MaxValue / 4) return null;
        var found = new List<Entry>(count);
        var at = end + (long)first;
        var start = (long)time;
        for (; count > 0; count--, rest = rest[12..])
        {
            var reference = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var length = reference & 0x7FFF_FFFF;
            var duration = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            if (reference >> 31 == 0 && length > 0) found.Add(new Entry(at, length, start, duration));
            at += length;
            start += duration;
        }

        return new SegmentIndex(range, timescale, [.. found]);
    }

    /// <summary>One segment.</summary>
    /// <param name="Offset">First byte in the file.</param>
    /// <param name="Length">Bytes, at least one.</param>
    /// <param name="Start">Media time.</param>
    /// <param name="Duration">Media time.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Entry(long Offset, long Length, long Start, long Duration);
}
