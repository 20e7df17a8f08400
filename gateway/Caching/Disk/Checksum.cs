using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gateway.Caching.Disk;

/// <summary>
/// Checksum of what lies on disk: two CRC-32C (RFC 3720 §12.1) over the even and the odd words of eight bytes, which the processor computes side by side. It finds what disks and torn writes
/// do. With a secret seed nobody who chooses the bytes of a body can make a piece of it look like a record.
/// </summary>
/// <param name="seed">Both lanes begin with it.</param>
[StructLayout(LayoutKind.Auto)]
internal struct Checksum(ulong seed)
{
    private const int Stride = 2 * sizeof(ulong);

    private uint _even = ~(uint)(seed >> 32);
    private uint _odd = ~(uint)seed;
    private bool _isOver;

    public readonly ulong Value => ((ulong)_even << 32) | _odd;

    public static ulong Of(ulong seed, ReadOnlySpan<byte> bytes)
    {
        var sum = new Checksum(seed);
        sum.Append(bytes);
        return sum.Value;
    }

    /// <summary>Adds bytes. Every piece but the last has a length that 16 divides, so that the sum does not depend on where a body is cut into blocks.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(!_isOver || bytes.IsEmpty, "Only the last piece may have any length.");
        var (even, odd) = (_even, _odd);
        for (; bytes.Length >= Stride; bytes = bytes[Stride..])
        {
            even = BitOperations.Crc32C(even, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            odd = BitOperations.Crc32C(odd, BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]));
        }

        _isOver = !bytes.IsEmpty;
        foreach (var one in bytes) even = BitOperations.Crc32C(even, one);
        (_even, _odd) = (even, odd);
    }
}
