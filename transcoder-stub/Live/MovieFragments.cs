using System.Buffers.Binary;
using static TranscoderStub.Live.Boxes;

namespace TranscoderStub.Live;

/// <summary>
/// The few ISO BMFF boxes that looping touches (ISO/IEC 14496-12): a media segment is a row of moof+mdat pairs, and each moof says in tfdt when it
/// plays and in mfhd which number it has. Moving both by a whole number of loops makes time grow for ever while every other byte stays as encoded.
/// </summary>
internal static class MovieFragments
{
    /// <summary>Ticks per second of the track that an initialisation segment describes.</summary>
    /// <exception cref="InvalidDataException">There is no such box.</exception>
    public static uint Timescale(ReadOnlySpan<byte> init)
    {
        var header = Find(Find(Find(Find(init, Moov), Trak), Mdia), Mdhd);
        // Full box: version and flags, then creation and modification time of 4 or 8 bytes each, then the scale.
        return BinaryPrimitives.ReadUInt32BigEndian(header[(header[0] == 1 ? 20 : 12)..]);
    }

    /// <summary>A copy of the segment that plays <paramref name="ticks"/> later and counts its fragments <paramref name="fragments"/> further.</summary>
    /// <exception cref="InvalidDataException">The boxes do not nest, or a tfdt has only 32 bits, which an endless time would overflow.</exception>
    public static byte[] Shift(ReadOnlySpan<byte> segment, long ticks, uint fragments)
    {
        var moved = segment.ToArray();
        for (var rest = moved.AsSpan(); !rest.IsEmpty; rest = rest[LengthOf(rest)..])
        {
            if (TypeOf(rest) == Moof) ShiftFragment(rest[HeaderLength..LengthOf(rest)], ticks, fragments);
        }

        return moved;
    }

    /// <summary>How many fragments a segment has.</summary>
    public static int Count(ReadOnlySpan<byte> segment)
    {
        var count = 0;
        for (; !segment.IsEmpty; segment = segment[LengthOf(segment)..])
        {
            if (TypeOf(segment) == Moof) count++;
        }

        return count;
    }

    private static void ShiftFragment(Span<byte> boxes, long ticks, uint fragments)
    {
        for (; !boxes.IsEmpty; boxes = boxes[LengthOf(boxes)..])
        {
            var payload = boxes[HeaderLength..LengthOf(boxes)];
            switch (TypeOf(boxes))
            {
                case Traf:
                    ShiftFragment(payload, ticks, fragments);
                    break;
                case Mfhd:
                    // The field has 32 bits and only has to grow within a presentation that a player holds at once: wrapping is harmless.
                    BinaryPrimitives.WriteUInt32BigEndian(payload[4..], unchecked(BinaryPrimitives.ReadUInt32BigEndian(payload[4..]) + fragments));
                    break;
                case Tfdt:
                    if (payload[0] != 1) throw new InvalidDataException("The fragment's tfdt has 32 bits; a looped title needs version 1.");
                    BinaryPrimitives.WriteInt64BigEndian(payload[4..], BinaryPrimitives.ReadInt64BigEndian(payload[4..]) + ticks);
                    break;
            }
        }
    }
}
