using Gateway.Media;

namespace Gateway.Load.Links;

/// <summary>What a body is known to be, byte for byte: a piece of a text that repeats itself. Comparing with it is cheaper than any sum.</summary>
/// <param name="text">Repeats itself; of a file it is the whole file.</param>
/// <param name="start">Where in the text the body begins.</param>
/// <param name="length">Of the body, in bytes.</param>
internal sealed class KnownContent(ReadOnlyMemory<byte> text, long start, long length)
{
    /// <summary>Bytes.</summary>
    public long Length => length;

    /// <summary>The body from an offset on, up to its end or to where the text begins anew; empty at the end.</summary>
    public ReadOnlyMemory<byte> From(long offset)
    {
        if (offset >= length) return default;
        var at = (int)((start + offset) % text.Length);
        return text.Slice(at, (int)Math.Min(text.Length - at, length - offset));
    }

    /// <summary>Whether these bytes stand at this offset of the body; never beyond its end.</summary>
    public bool Has(long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var right = From(offset).Span;
            if (right.IsEmpty) return false;
            var common = Math.Min(right.Length, bytes.Length);
            if (!bytes[..common].SequenceEqual(right[..common])) return false;
            bytes = bytes[common..];
            offset += common;
        }

        return true;
    }

    /// <summary>What a request for a range of it gives.</summary>
    public KnownContent Piece(ByteRange range) => new(text, start + range.Offset, Math.Max(Math.Min(range.End, length) - range.Offset, 0));
}
