using System.Buffers.Binary;

namespace TranscoderStub.Live;

/// <summary>Walking ISO BMFF boxes (ISO/IEC 14496-12 §4.2): four bytes of length, four of type, then what the box holds.</summary>
internal static class Boxes
{
    public const int HeaderLength = 8;

    public const uint Moof = 0x6D6F6F66, Mfhd = 0x6D666864, Traf = 0x74726166, Tfhd = 0x74666864, Tfdt = 0x74666474, Trun = 0x7472756E;
    public const uint Mdat = 0x6D646174;
    public const uint Moov = 0x6D6F6F76, Trak = 0x7472616B, Mdia = 0x6D646961, Mdhd = 0x6D646864;

    public static uint TypeOf(ReadOnlySpan<byte> box) => BinaryPrimitives.ReadUInt32BigEndian(box[4..]);

    /// <summary>Length of the box that <paramref name="boxes"/> begins with.</summary>
    /// <exception cref="InvalidDataException">
    /// It reaches beyond what holds it. Lengths 0 (to the end) and 1 (64 bits) count as that: our packager writes neither.
    /// </exception>
    public static int LengthOf(ReadOnlySpan<byte> boxes)
    {
        if (boxes.Length < HeaderLength) throw new InvalidDataException("A box is cut.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(boxes);
        return length >= HeaderLength && length <= boxes.Length ? (int)length : throw new InvalidDataException("A box is longer than what holds it.");
    }

    /// <summary>What the first box of a type holds.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> boxes, uint type) =>
        TryFind(boxes, type, out var payload) ? payload : throw new InvalidDataException("A box is missing.");

    public static bool TryFind(ReadOnlySpan<byte> boxes, uint type, out ReadOnlySpan<byte> payload)
    {
        for (; !boxes.IsEmpty; boxes = boxes[LengthOf(boxes)..])
        {
            var length = LengthOf(boxes);
            if (TypeOf(boxes) != type) continue;
            payload = boxes[HeaderLength..length];
            return true;
        }

        payload = default;
        return false;
    }
}
