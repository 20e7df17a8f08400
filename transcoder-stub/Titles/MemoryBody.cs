using System.Runtime.InteropServices;

namespace TranscoderStub.Titles;

/// <summary>Bytes that were composed for this answer.</summary>
internal sealed class MemoryBody(ReadOnlyMemory<byte> bytes) : MediaBody
{
    public override long Length => bytes.Length;

    public override Stream Open() => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);
}
