using System.Buffers.Binary;

namespace Gateway.Live.Containers;

/// <summary>Walks boxes of ISO/IEC 14496-12 §4.2 in memory. What is malformed reads as absent; nothing here throws.</summary>
internal static class IsoBoxes
{
    public const uint Ftyp = 0x66747970, Styp = 0x73747970, Moov = 0x6D6F6F76, Moof = 0x6D6F6F66, Mdat = 0x6D646174, Mvhd = 0x6D766864;
    public const uint Trak = 0x7472616B, Tkhd = 0x746B6864, Mdia = 0x6D646961, Mdhd = 0x6D646864, Hdlr = 0x68646C72, Minf = 0x6D696E66, Stbl = 0x7374626C, Stsd = 0x73747364;
    public const uint Mvex = 0x6D766578, Trex = 0x74726578, Mfhd = 0x6D666864, Traf = 0x74726166, Tfhd = 0x74666864, Tfdt = 0x74666474, Trun = 0x7472756E;
    public const uint Btrt = 0x62747274, Esds = 0x65736473, Vide = 0x76696465, Soun = 0x736F756E, Wide = 0x77696465, Free = 0x66726565, Skip = 0x736B6970, Sidx = 0x73696478, Emsg = 0x656D7367, Prft = 0x70726674;

    public const int HeaderLength = 8;

    /// <summary>Takes the next child from what is left of its parent.</summary>
    public static bool TryNext(scoped ref ReadOnlySpan<byte> rest, out uint type, out ReadOnlySpan<byte> payload)
    {
        type = 0;
        payload = default;
        if (rest.Length < HeaderLength) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length < HeaderLength || length > rest.Length) return false;
        type = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
        payload = rest[HeaderLength..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    /// <summary>What the first child of a type holds; empty without one.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> parent, uint wanted)
    {
        while (TryNext(ref parent, out var type, out var payload))
        {
            if (type == wanted) return payload;
        }

        return default;
    }

    /// <summary>Number at an offset; 0 where the box is too short.</summary>
    public static uint At(ReadOnlySpan<byte> payload, int offset) => payload.Length >= offset + 4 ? BinaryPrimitives.ReadUInt32BigEndian(payload[offset..]) : 0;

    public static ulong LongAt(ReadOnlySpan<byte> payload, int offset) => payload.Length >= offset + 8 ? BinaryPrimitives.ReadUInt64BigEndian(payload[offset..]) : 0;
}
