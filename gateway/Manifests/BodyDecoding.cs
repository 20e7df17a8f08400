using System.IO.Compression;
using Gateway.Caching;

namespace Gateway.Manifests;

/// <summary>Reads a manifest's body to its end and undoes its content coding, both within one limit, so that a compression bomb ends early.</summary>
internal static class BodyDecoding
{
    /// <returns>The decoded bytes; null when there are more than <paramref name="limit"/>.</returns>
    /// <exception cref="BrokenBodyException">Upstream broke off.</exception>
    /// <exception cref="InvalidDataException">The coding is unknown, or the bytes are not of that coding.</exception>
    public static async ValueTask<byte[]?> ReadAsync(CellarReply reply, int limit, CancellationToken leaving)
    {
        using var raw = new PooledBuffer(16 * 1024);
        for (var position = 0L; ;)
        {
            var arrived = await reply.ReadAsync(position, leaving);
            if (arrived.IsEmpty) break;
            position += arrived.Length;
            if (position > limit) return null;
            arrived.Span.CopyTo(raw.GetSpan(arrived.Length));
            raw.Advance(arrived.Length);
        }

        return Decode(raw.Written, reply.Head["Content-Encoding"], limit);
    }

    private static byte[]? Decode(ReadOnlyMemory<byte> raw, string? coding, int limit)
    {
        if (string.IsNullOrEmpty(coding) || coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return raw.ToArray();
        using var source = new MemoryStream(raw.ToArray(), writable: false);
        using Stream decoder = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            _ => throw new InvalidDataException("Upstream sent a content coding that was not asked for."),
        };
        using var decoded = new PooledBuffer(raw.Length * 4);
        while (true)
        {
            var read = decoder.Read(decoded.GetSpan(16 * 1024));
            if (read == 0) return decoded.Written.ToArray();
            decoded.Advance(read);
            if (decoded.Written.Length > limit) return null;
        }
    }
}
