using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Benchmarks.Peers;

/// <summary>One connection of the measuring client, over TLS or not: a request, its answer read to the end, and no more work than that takes.</summary>
internal sealed class HttpReader : IDisposable
{
    private readonly byte[] _buffer = new byte[256 << 10];
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Stream _stream = Stream.Null;

    private HttpReader()
    {
    }

    public static async Task<HttpReader> ConnectAsync(Uri url)
    {
        var reader = new HttpReader();
        await reader._socket.ConnectAsync(url.Host, url.Port);
        reader._stream = new NetworkStream(reader._socket);
        if (url.Scheme == Uri.UriSchemeHttps)
        {
            var tls = new SslStream(reader._stream, leaveInnerStreamOpen: false, TakesAny);
            await tls.AuthenticateAsClientAsync("localhost");
            reader._stream = tls;
        }

        return reader;
    }

    /// <param name="url">What is asked for.</param>
    /// <param name="fields">Further header fields, each with its end of line.</param>
    public static byte[] RequestFor(Uri url, string fields = "") => Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAccept: */*\r\nUser-Agent: benchmark\r\n{fields}\r\n");

    /// <returns>The time at which the first byte of the body was there, and the body's length.</returns>
    /// <exception cref="InvalidOperationException">The answer is not 200, or does not say how long it is, by its length or in chunks.</exception>
    public async Task<(long FirstByte, long Length)> AskAsync(byte[] request, Stream? keep = null)
    {
        await _stream.WriteAsync(request);
        int read = 0, head;
        while ((head = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8)) < 0) read += await ReceiveAsync(read);
        var body = head + 4;
        if (LengthIn(_buffer.AsSpan(0, head + 2)) is not { } length) return await ReadChunksAsync(body, read, keep);
        if (read == body && length > 0) read += await ReceiveAsync(read);
        var first = TimeProvider.System.GetTimestamp();
        if (keep is not null) await keep.WriteAsync(_buffer.AsMemory(body, read - body));
        for (var left = length - (read - body); left > 0;)
        {
            var got = await ReceiveAsync(0);
            if (keep is not null) await keep.WriteAsync(_buffer.AsMemory(0, got));
            left -= got;
        }

        return (first, length);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    /// <summary>The certificate is one of the measurement's own, which signs itself.</summary>
    public static bool TakesAny(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) => shown is not null;

    /// <param name="from">Where the first chunk begins.</param>
    /// <param name="read">How far the buffer is filled.</param>
    /// <param name="keep">Where the body goes; null for nowhere.</param>
    private async Task<(long FirstByte, long Length)> ReadChunksAsync(int from, int read, Stream? keep)
    {
        var (first, length) = (0L, 0L);
        while (true)
        {
            int end;
            while ((end = _buffer.AsSpan(from, read - from).IndexOf("\r\n"u8)) < 0)
            {
                // What is left of the line before goes to the front, so that there is always room.
                _buffer.AsSpan(from, read - from).CopyTo(_buffer);
                (from, read) = (0, read - from);
                read += await ReceiveAsync(read);
            }

            if (first == 0) first = TimeProvider.System.GetTimestamp();
            if (!Utf8Parser.TryParse(_buffer.AsSpan(from, end), out int size, out _, 'x')) throw new InvalidOperationException("A chunk does not say how long it is.");
            from += end + 2;
            length += size;
            // The end of the chunk's line belongs to it; the last one, which is empty, has nothing else.
            for (var left = size + 2; left > 0;)
            {
                if (from == read) (from, read) = (0, await ReceiveAsync(0));
                var taken = Math.Min(left, read - from);
                if (keep is not null && left > 2) await keep.WriteAsync(_buffer.AsMemory(from, Math.Min(taken, left - 2)));
                (from, left) = (from + taken, left - taken);
            }

            if (size == 0) return (first, length);
        }
    }

    /// <returns>Null where the body comes in chunks.</returns>
    private static long? LengthIn(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("HTTP/1.1 200"u8))
        {
            for (var rest = head; rest.IndexOf("\r\n"u8) is >= 0 and var end; rest = rest[(end + 2)..])
            {
                const int name = 16;
                if (end > name && Ascii.EqualsIgnoreCase(rest[..name], "Content-Length: "u8) && Utf8Parser.TryParse(rest[name..end], out long length, out _)) return length;
                if (rest[..end].SequenceEqual("Transfer-Encoding: chunked"u8)) return null;
            }
        }

        throw new InvalidOperationException(Encoding.ASCII.GetString(head));
    }

    private async ValueTask<int> ReceiveAsync(int offset)
    {
        var received = await _stream.ReadAsync(_buffer.AsMemory(offset));
        return received > 0 ? received : throw new InvalidOperationException("The server closed the connection.");
    }
}
