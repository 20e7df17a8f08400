using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Testing;

/// <summary>A server's response to bytes that no HTTP client would send. One connection each, which is then closed.</summary>
/// <param name="Status">0 when the server closed the connection without a response.</param>
/// <param name="Body">The beginning of the bytes after the head.</param>
internal readonly record struct RawAnswer(int Status, string Body)
{
    private const int MostRead = 64 * 1024;

    /// <exception cref="OperationCanceledException">No response came in time.</exception>
    /// <exception cref="SocketException">The server does not listen.</exception>
    public static async Task<RawAnswer> OfAsync(Uri server, byte[] request, bool isHead, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        // The connection is reset: a hundred thousand closed connections would otherwise keep their ports for a minute.
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        await socket.ConnectAsync(server.Host, server.Port, stop);
        var buffer = new byte[MostRead];
        var length = 0;
        try
        {
            for (var sent = 0; sent < request.Length;) sent += await socket.SendAsync(request.AsMemory(sent), stop);
            while (length < buffer.Length)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
                if (read == 0) break;
                length += read;
                if (IsWhole(buffer.AsSpan(0, length), isHead)) break;
            }
        }
        catch (SocketException)
        {
            // The server refused in the middle of the request; the response before that counts.
        }

        var text = Encoding.Latin1.GetString(buffer, 0, length);
        if (text.StartsWith("HTTP/1.1 100", StringComparison.Ordinal)) text = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var status = text.Length > 12 && int.TryParse(text.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new RawAnswer(status, end < 0 ? "" : text[(end + 4)..]);
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer, bool isHead)
    {
        if (answer.StartsWith("HTTP/1.1 100"u8)) answer = answer[Math.Min(answer.Length, answer.IndexOf("\r\n\r\n"u8) + 4)..];
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        if (isHead || answer.StartsWith("HTTP/1.1 204"u8) || answer.StartsWith("HTTP/1.1 304"u8)) return true;
        var at = answer[..end].IndexOf("\r\nContent-Length: "u8);
        if (at < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8);
        var rest = answer[(at + 18)..];
        return System.Buffers.Text.Utf8Parser.TryParse(rest, out long whole, out _) && answer.Length - end - 4 >= whole;
    }
}
