using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Gateway.Caching;
using Gateway.Caching.Store;

namespace Gateway.Manifests;

/// <summary>Reads a manifest's body to its end and undoes its content coding, both within one limit, so that a compression bomb ends early.</summary>
internal static class BodyDecoding
{
    private const int Chunk = 16 * 1024;

    /// <returns>The decoded bytes; null when there are more than <paramref name="limit"/>.</returns>
    /// <exception cref="BrokenBodyException">Upstream broke off.</exception>
    /// <exception cref="InvalidDataException">The coding is unknown, or the bytes are not of that coding, or not complete.</exception>
    /// <exception cref="ManifestRefusedException">There is no memory for it.</exception>
    public static async ValueTask<byte[]?> ReadAsync(CacheReply reply, int limit, RewritingBudget budget, CancellationToken leaving)
    {
        using var raw = new PooledBuffer(Math.Min(reply.Length ?? Chunk, limit), budget);
        for (var position = 0L; ;)
        {
            var arrived = await reply.ReadAsync(position, leaving);
            if (arrived.IsEmpty) break;
            position += arrived.Length;
            if (position > limit) return null;
            arrived.Span.CopyTo(raw.GetSpan(arrived.Length));
            raw.Advance(arrived.Length);
        }

        return Decode(raw.Written, reply.Head["Content-Encoding"], limit, budget);
    }

    private static byte[]? Decode(ReadOnlyMemory<byte> raw, string? coding, int limit, RewritingBudget budget)
    {
        if (string.IsNullOrEmpty(coding) || coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return raw.ToArray();
        using var decoded = new PooledBuffer(Math.Min(raw.Length * 4L, limit) + Chunk, budget);
        var isWithin = coding.ToLowerInvariant() switch
        {
            "br" => TryUnbrotli(raw.Span, decoded, limit),
            "gzip" or "x-gzip" => TryInflate(new GZipStream(Source(raw), CompressionMode.Decompress), decoded, limit),
            "deflate" => TryInflate(new ZLibStream(Source(raw), CompressionMode.Decompress), decoded, limit),
            _ => throw new InvalidDataException("Upstream sent a content coding that was not asked for."),
        };
        if (!isWithin) return null;
        if (!coding.Equals("br", StringComparison.OrdinalIgnoreCase) && !EndsWell(raw.Span, decoded.Written.Span, isZlib: coding[0] is 'd' or 'D'))
            throw new InvalidDataException("The compressed body is not complete.");
        return decoded.Written.ToArray();
    }

    private static bool TryUnbrotli(ReadOnlySpan<byte> raw, PooledBuffer decoded, int limit)
    {
        using var decoder = default(BrotliDecoder);
        while (true)
        {
            var status = decoder.Decompress(raw, decoded.GetSpan(Chunk), out var consumed, out var written);
            raw = raw[consumed..];
            decoded.Advance(written);
            if (decoded.Written.Length > limit) return false;
            if (status == OperationStatus.Done) return true;
            if (status != OperationStatus.DestinationTooSmall) throw new InvalidDataException("The body is not Brotli, or not complete.");
        }
    }

    private static bool TryInflate(Stream decoder, PooledBuffer decoded, int limit)
    {
        using (decoder)
        {
            while (true)
            {
                var read = decoder.Read(decoded.GetSpan(Chunk));
                if (read == 0) return true;
                decoded.Advance(read);
                if (decoded.Written.Length > limit) return false;
            }
        }
    }

    /// <summary>
    /// The framework's decoders take the end of their input for the end of the data. A whole body ends with a trailer that fits what came before: of zlib the Adler-32 of
    /// all (RFC 1950 §2.2), of gzip the CRC-32 and the length of its last member (RFC 1952 §2.3.1).
    /// </summary>
    private static bool EndsWell(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> decoded, bool isZlib)
    {
        if (raw.Length < (isZlib ? 6 : 18)) return false;
        if (isZlib) return BinaryPrimitives.ReadUInt32BigEndian(raw[^4..]) == Checksums.Adler32(decoded);
        var last = BinaryPrimitives.ReadUInt32LittleEndian(raw[^4..]);
        return last <= decoded.Length && BinaryPrimitives.ReadUInt32LittleEndian(raw[^8..]) == Checksums.Crc32(decoded[^(int)last..]);
    }

    private static MemoryStream Source(ReadOnlyMemory<byte> raw) => new(raw.ToArray(), writable: false);
}
