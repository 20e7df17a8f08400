using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Gateway.Manifests.Hls;

/// <summary>A document inside a playlist, as a data: URI (RFC 2397): SERVER-URI may hold its steering manifest that way.</summary>
internal static class InlineDocument
{
    /// <summary>Many short names in it could grow to the length of a long address each.</summary>
    private const int MostBytes = 4 * HlsLimits.LineBytes;

    /// <summary>Rewrites the document within a data: URI; false when it is none or nothing in it has to change.</summary>
    /// <param name="uri">Any reference.</param>
    /// <param name="map">What stands in place of the document's references.</param>
    /// <param name="output">Gets a data: URI of the same media type and coding.</param>
    public static bool TryRewrite(ReadOnlySpan<byte> uri, ReferenceMap map, IBufferWriter<byte> output)
    {
        var comma = uri.IndexOf((byte)',');
        if (comma < 0 || !Ascii.EqualsIgnoreCase(uri[..Math.Min(5, uri.Length)], "data:"u8)) return false;
        var head = uri[..(comma + 1)];
        var isBase64 = Ascii.EqualsIgnoreCase(head[^Math.Min(8, head.Length)..], ";base64,"u8);
        if (Decode(uri[(comma + 1)..], isBase64) is not { } document) return false;
        using var rewritten = new PooledBuffer(document.Length * 2, limit: MostBytes);
        if (HlsDocument.Rewrite(document, map, rewritten, out _) != HlsOutcome.Rewritten) return false;
        output.Write(head);
        var body = isBase64
            ? Convert.ToBase64String(rewritten.Written.Span)
            : Uri.EscapeDataString(Encoding.UTF8.GetString(rewritten.Written.Span));
        Encoding.UTF8.GetBytes(body, output);
        return true;
    }

    private static byte[]? Decode(ReadOnlySpan<byte> body, bool isBase64)
    {
        var text = Uri.UnescapeDataString(Encoding.UTF8.GetString(body));
        if (!isBase64) return Encoding.UTF8.GetBytes(text);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
