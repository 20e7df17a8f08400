using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <summary>Writes numbers and texts one after the other, up to a bound: what lies beyond is not written, and told by <see cref="IsTooLong"/>.</summary>
/// <param name="most">Bytes at most.</param>
internal ref struct RecordWriter(int most)
{
    private byte[] _bytes = new byte[2048];
    private int _length;

    public bool IsTooLong { get; private set; }

    public void Add(uint number) => BinaryPrimitives.WriteUInt32LittleEndian(Next(sizeof(uint)), number);

    public void Add(int number) => BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), number);

    public void Add(long number) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), number);

    public void Add(ulong number) => BinaryPrimitives.WriteUInt64LittleEndian(Next(sizeof(ulong)), number);

    /// <summary>A text with its length in front; null has the length −1.</summary>
    public void Add(string? text)
    {
        if (text is null)
        {
            Add(-1);
            return;
        }

        Add(text.Length);
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        if (_length + bytes.Length > most) IsTooLong = true;
        else bytes.CopyTo(Next(bytes.Length));
    }

    /// <summary>What was written.</summary>
    public readonly byte[] ToArray() => _bytes[.._length];

    private Span<byte> Next(int bytes)
    {
        if (_length + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        var next = _bytes.AsSpan(_length, bytes);
        _length += bytes;
        IsTooLong |= _length > most;
        return next;
    }
}
