using System.IO.Compression;

namespace Gateway.Manifests;

/// <summary>Compresses a response as the client accepts it. Playlists repeat themselves line by line: the fastest levels already save nine tenths.</summary>
internal static class BodyEncoding
{
    private const int BrotliQuality = 1;
    private const int ThoroughBrotliQuality = 4;
    private const int BrotliWindow = 18;

    /// <summary>Content coding to use: <c>br</c>, <c>gzip</c>, or null for none. A coding with q=0 is not accepted (RFC 9110 §12.5.3).</summary>
    public static string? Choose(string? acceptEncoding)
    {
        if (string.IsNullOrEmpty(acceptEncoding)) return null;
        if (Accepts(acceptEncoding, "br")) return "br";
        return Accepts(acceptEncoding, "gzip") ? "gzip" : null;
    }

    /// <param name="body">What is compressed.</param>
    /// <param name="coding">As <see cref="Choose"/> named it.</param>
    /// <param name="thoroughly">For what is compressed once and sent often.</param>
    /// <param name="budget">Where the memory is taken from.</param>
    /// <exception cref="ManifestRefusedException">There is no memory for it.</exception>
    public static PooledBuffer Encode(ReadOnlySpan<byte> body, string coding, bool thoroughly, RewritingBudget budget)
    {
        var buffer = new PooledBuffer(coding == "br" ? BrotliEncoder.GetMaxCompressedLength(body.Length) : body.Length / 4, budget);
        try
        {
            if (coding == "br")
            {
                if (!BrotliEncoder.TryCompress(body, buffer.GetSpan(), out var written, thoroughly ? ThoroughBrotliQuality : BrotliQuality, BrotliWindow))
                    throw new InvalidOperationException("Brotli's own bound was too small.");
                buffer.Advance(written);
            }
            else
            {
                using var zip = new GZipStream(new BufferStream(buffer), thoroughly ? CompressionLevel.Optimal : CompressionLevel.Fastest);
                zip.Write(body);
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static bool Accepts(string acceptEncoding, string coding)
    {
        foreach (var range in acceptEncoding.AsSpan().Split(','))
        {
            var member = acceptEncoding.AsSpan()[range].Trim();
            var semicolon = member.IndexOf(';');
            var name = semicolon < 0 ? member : member[..semicolon].TrimEnd();
            if (!name.Equals(coding, StringComparison.OrdinalIgnoreCase)) continue;
            if (semicolon < 0) return true;
            var weight = member[(semicolon + 1)..].Trim();
            return !weight.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) || weight.IndexOfAnyInRange('1', '9') >= 0;
        }

        return false;
    }

    private sealed class BufferStream(PooledBuffer buffer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(buffer.GetSpan(bytes.Length));
            buffer.Advance(bytes.Length);
        }

        public override void Write(byte[] bytes, int offset, int count) => Write(bytes.AsSpan(offset, count));

        public override void Flush()
        {
            // Nothing is buffered here.
        }

        public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
