using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Connections;

/// <summary>
/// How many bytes the other end of a TCP connection has acknowledged, as Linux counts them (tcp(7), <c>TCP_INFO</c>: <c>tcpi_bytes_acked</c>, since 4.1). What the
/// kernel buffers for a client is not taken by the client, and a pipe with free space does not show that; this counter does.
/// </summary>
internal static class TcpProgress
{
    private const int ProtocolTcp = 6;
    private const int TcpInfo = 11;

    /// <summary>8 bytes of states, 24 counters of 32 bits, two pacing rates of 64 bits.</summary>
    private const int BytesAckedAt = 8 + 24 * 4 + 2 * 8;

    /// <summary>False where the count is not available: another system, another kind of socket.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static bool TryRead(Socket socket, out long taken)
    {
        taken = 0;
        if (!OperatingSystem.IsLinux() || socket.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)) return false;
        Span<byte> info = stackalloc byte[BytesAckedAt + sizeof(long)];
        try
        {
            if (socket.GetRawSocketOption(ProtocolTcp, TcpInfo, info) < info.Length) return false;
        }
        catch (SocketException)
        {
            return false;
        }

        taken = MemoryMarshal.Read<long>(info[BytesAckedAt..]);
        return true;
    }
}
