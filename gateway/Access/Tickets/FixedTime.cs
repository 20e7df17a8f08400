using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Gateway.Access.Tickets;

/// <summary>
/// Compares in a time that depends on the length alone, eight bytes at a time. The framework's own comparison goes byte by byte, in code that is deliberately not optimised; the text of a ticket has some hundred bytes,
/// and each request within a session shows it.
/// </summary>
internal static class FixedTime
{
    /// <remarks>Differences are gathered and looked at once, at the end: there is nothing for a compiler to leave the loop by.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length) return false;
        ulong difference = 0;
        while (left.Length >= sizeof(ulong))
        {
            difference |= BinaryPrimitives.ReadUInt64LittleEndian(left) ^ BinaryPrimitives.ReadUInt64LittleEndian(right);
            left = left[sizeof(ulong)..];
            right = right[sizeof(ulong)..];
        }

        for (var i = 0; i < left.Length; i++) difference |= (uint)(left[i] ^ right[i]);
        return difference == 0;
    }
}
