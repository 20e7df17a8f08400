using System.Buffers.Binary;

namespace TranscoderStub.Live;

/// <summary>
/// The few ISO BMFF boxes that looping touches (ISO/IEC 14496-12): a media segment is a row of moof+mdat pairs, and each moof says in tfdt when it
/// plays and in mfhd which number it has. Moving both by a whole number of loops makes time grow for ever while every other byte stays as encoded.
/// </summary>
internal static class MovieFragments
{
    private const uint Moof = 0x6D6F6F66, Mfhd = 0x6D666864, Traf = 0x74726166, Tfdt = 0x74666474;
    private const uint Moov = 0x6D6F6F76, Trak = 0x7472616B, Mdia = 0x6D646961, Mdhd = 0x6D646864;

    /// <summary>Ticks per second of the track that an initialisation segment describes.</summary>
    /// <exception cref="InvalidDataException">There is no such box.</exception>
    public static uint Timescale(ReadOnlySpan<byte> init)
    {
        var header = Payload(Payload(Payload(Payload(init, Moov), Trak), Mdia), Mdhd);
        // Full box: version and flags, then creation and modification time of 4 or 8 bytes each, then the scale.
        return BinaryPrimitives.ReadUInt32BigEndian(header[(header[0] == 1 ? 20 : 12)..]);
    }

    /// <summary>A copy of the segment that plays <paramref name="ticks"/> later and counts its fragments <paramref name="fragments"/> further.</summary>
    /// <exception cref="InvalidDataException">The boxes do not nest, or a tfdt has only 32 bits, which an endless time would overflow.</exception>
    public static byte[] Shift(ReadOnlySpan<byte> segment, long ticks, uint fragments)
    {
        var moved = segment.ToArray();
        for (var rest = moved.AsSpan(); !rest.IsEmpty; rest = rest[BoxLength(rest)..])
        {
            if (TypeOf(rest) == Moof) ShiftFragment(rest[8..BoxLength(rest)], ticks, fragments);
        }

        return moved;
    }

    /// <summary>How many fragments a segment has.</summary>
    public static int Count(ReadOnlySpan<byte> segment)
    {
        var count = 0;
        for (; !segment.IsEmpty; segment = segment[BoxLength(segment)..])
        {
            if (TypeOf(segment) == Moof) count++;
        }

        return count;
    }

    private static void ShiftFragment(Span<byte> boxes, long ticks, uint fragments)
    {
        for (; !boxes.IsEmpty; boxes = boxes[BoxLength(boxes)..])
        {
            var payload = boxes[8..BoxLength(boxes)];
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

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> boxes, uint type)
    {
        for (; !boxes.IsEmpty; boxes = boxes[BoxLength(boxes)..])
        {
            if (TypeOf(boxes) == type) return boxes[8..BoxLength(boxes)];
        }

        throw new InvalidDataException("A box is missing.");
    }

    private static uint TypeOf(ReadOnlySpan<byte> box) => BinaryPrimitives.ReadUInt32BigEndian(box[4..]);

    // Sizes 0 (to the end) and 1 (64 bits) do not occur in what the packager writes, and a segment has no use for them.
    private static int BoxLength(ReadOnlySpan<byte> box)
    {
        if (box.Length < 8) throw new InvalidDataException("A box is cut.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(box);
        return length >= 8 && length <= box.Length ? (int)length : throw new InvalidDataException("A box is longer than what holds it.");
    }
}
