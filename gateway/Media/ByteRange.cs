using System.Runtime.InteropServices;

namespace Gateway.Media;

/// <summary>A run of bytes within one resource, as a manifest or a Range header names it.</summary>
/// <param name="Offset">First byte, from 0.</param>
/// <param name="Length">Bytes; <see cref="ToEnd"/> where the end is not known.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Length of a range that runs to the end of the resource, wherever that is.</summary>
    public const long ToEnd = long.MaxValue;

    /// <summary>First byte after the range; <see cref="ToEnd"/> where the end is not known.</summary>
    public long End => Length > ToEnd - Offset ? ToEnd : Offset + Length;

    /// <summary>The range as the value of a Range header (RFC 9110 §14.2).</summary>
    public override string ToString() => End == ToEnd ? $"bytes={Offset}-" : $"bytes={Offset}-{End - 1}";
}
