using System.Buffers;

namespace Gateway.Connections.Sending;

/// <summary>
/// Stands for lent bytes on their way through the server, which asks for memory, is given this, and advances by its length. Whoever tries to write into it (a framing, a wrapper) gets an exception: lent blocks belong to the cache and
/// to every other reader.
/// </summary>
internal sealed class LentToken : MemoryManager<byte>
{
    private static readonly Memory<byte> Whole = new LentToken().CreateMemory(int.MaxValue);

    /// <summary>The token for so many bytes.</summary>
    public static Memory<byte> For(int length) => Whole[..length];

    /// <exception cref="InvalidOperationException">Always.</exception>
    public override Span<byte> GetSpan() => throw new InvalidOperationException("Lent bytes are not written to.");

    /// <exception cref="InvalidOperationException">Always.</exception>
    public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException("Lent bytes are not written to.");

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
