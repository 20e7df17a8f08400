using System.Net.Sockets;
using System.Text;

namespace Gateway.Benchmarks.Telemetry;

/// <summary>
/// One connection that sends the same request and reads the response, as cheaply as a client can: on a small machine the client's own cost is
/// taken from the gateway.
/// </summary>
internal sealed class RawViewer : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];

    private RawViewer()
    {
    }

    public static async Task<RawViewer> ConnectAsync(Uri url)
    {
        var viewer = new RawViewer();
        await viewer._socket.ConnectAsync(url.Host, url.Port);
        return viewer;
    }

    /// <exception cref="InvalidOperationException">A response is no segment of that size.</exception>
    public async Task AskAsync(string host, string target, int size, int times)
    {
        var request = Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nUser-Agent: benchmark\r\n\r\n");
        for (var i = 0; i < times; i++)
        {
            await _socket.SendAsync(request);
            await ReadAsync(size);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync(int size)
    {
        var read = 0;
        int head;
        do
        {
            read += await ReceiveAsync(read);
            head = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
        }
        while (head < 0);

        if (!_buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException(Encoding.ASCII.GetString(_buffer, 0, head));
        for (var left = head + 4 + size - read; left > 0;) left -= await ReceiveAsync(0);
    }

    private async Task<int> ReceiveAsync(int offset)
    {
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(offset));
        return received > 0 ? received : throw new InvalidOperationException("The gateway closed the connection.");
    }
}
