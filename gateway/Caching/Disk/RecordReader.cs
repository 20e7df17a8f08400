using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <summary>Reads what a <see cref="RecordWriter"/> wrote. What does not fit reads as nothing, and is told by <see cref="IsBroken"/>: no input makes it throw, or allocate more than it has.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool IsBroken { get; private set; }

    public uint UInt32() => (uint)Int32();

    public ulong UInt64() => (ulong)Int64();

    public int Int32() => TryTake(sizeof(int), out var taken) ? BinaryPrimitives.ReadInt32LittleEndian(taken) : 0;

    public long Int64() => TryTake(sizeof(long), out var taken) ? BinaryPrimitives.ReadInt64LittleEndian(taken) : 0;

    /// <summary>A number of things that follow.</summary>
    public int Count(int most)
    {
        var count = Int32();
        if (count >= 0 && count <= most) return count;
        IsBroken = true;
        return 0;
    }

    public string Text() => TextOrNull() ?? string.Empty;

    public string? TextOrNull()
    {
        var length = Int32();
        if (length == -1) return null;
        if (length >= 0 && length <= _rest.Length / sizeof(char) && TryTake(length * sizeof(char), out var taken)) return new string(MemoryMarshal.Cast<byte, char>(taken));
        IsBroken = true;
        return null;
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        var fits = count <= _rest.Length;
        taken = fits ? _rest[..count] : default;
        if (fits) _rest = _rest[count..];
        else IsBroken = true;
        return fits;
    }
}
