using System.Buffers.Binary;

namespace TranscoderStub.Packaging;

/// <summary>Writes ISO BMFF boxes (ISO/IEC 14496-12 section 4.2) to memory: a box's length is put in when it is closed.</summary>
internal sealed class BoxWriter(int capacity)
{
    private byte[] _bytes = new byte[capacity];
    private int _length;

    public int Position => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public byte[] ToArray() => Written.ToArray();

    /// <summary>Begins anew, in the same memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>Begins a box; what is returned closes it.</summary>
    public int Begin(ReadOnlySpan<byte> type)
    {
        var at = _length;
        UInt32(0);
        Bytes(type);
        return at;
    }

    /// <summary>Begins a box with version and flags.</summary>
    public int Begin(ReadOnlySpan<byte> type, byte version, uint flags)
    {
        var at = Begin(type);
        UInt32(((uint)version << 24) | flags);
        return at;
    }

    public void End(int box) => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(box), _length - box);

    public void Patch(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(at), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Room(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Room(8), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    private Span<byte> Room(int count)
    {
        if (_length + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(checked(_length + count), _bytes.Length * 2));
        var room = _bytes.AsSpan(_length, count);
        _length += count;
        return room;
    }
}
