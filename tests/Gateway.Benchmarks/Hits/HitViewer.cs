using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Benchmarks.Hits;

/// <summary>One connection that asks and reads the answers, as cheaply as a client can: on a small machine the client's own cost is taken from the gateway.</summary>
internal sealed class HitViewer : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 << 10];

    private HitViewer()
    {
    }

    public static async Task<HitViewer> ConnectAsync(Uri url)
    {
        var viewer = new HitViewer();
        await viewer._socket.ConnectAsync(url.Host, url.Port);
        return viewer;
    }

    /// <summary>Asks so many times, one after the other; <paramref name="target"/> gives the target of each.</summary>
    /// <exception cref="InvalidOperationException">An answer is no success, or has no length.</exception>
    public async Task AskAsync(string host, Func<string> target, int times)
    {
        byte[]? request = null;
        string? asked = null;
        for (var i = 0; i < times; i++)
        {
            var next = target();
            if (request is null || !ReferenceEquals(next, asked)) request = RequestFor(host, next);
            asked = next;
            await AskAsync(request);
        }
    }

    /// <inheritdoc cref="AskAsync(string, Func{string}, int)"/>
    public async Task AskAsync(byte[] request)
    {
        await _socket.SendAsync(request);
        await ReadAsync();
    }

    public static byte[] RequestFor(string host, string target, string player = "benchmark") => Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nUser-Agent: {player}\r\n\r\n");

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var read = 0;
        int head;
        do
        {
            read += await ReceiveAsync(read);
            head = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
        }
        while (head < 0);

        for (var left = head + 4 + LengthIn(_buffer.AsSpan(0, head + 2)) - read; left > 0;) left -= await ReceiveAsync(0);
    }

    private static int LengthIn(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (!head.StartsWith("HTTP/1.1 200"u8) || at < 0) throw new InvalidOperationException(Encoding.ASCII.GetString(head));
        var value = head[(at + "\r\nContent-Length: ".Length)..];
        return int.Parse(value[..value.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    private async Task<int> ReceiveAsync(int offset)
    {
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(offset));
        return received > 0 ? received : throw new InvalidOperationException("The gateway closed the connection.");
    }
}
