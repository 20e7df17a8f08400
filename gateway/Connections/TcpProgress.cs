using System.Net.Sockets;

namespace Gateway.Connections;

/// <summary>
/// How a TCP connection gets on, as Linux counts it (tcp(7), <c>TCP_INFO</c>), and how fast the kernel sends on it (socket(7), <c>SO_MAX_PACING_RATE</c>). What the
/// kernel buffers for a client is not taken by the client, and a pipe with free space does not show that; these counters do.
/// </summary>
internal static class TcpProgress
{
    private const int ProtocolTcp = 6;
    private const int TcpInfo = 11;
    private const int SocketLevel = 1;
    private const int MaxPacingRate = 47;

    /// <summary>False where the counts are not available: another system, another kind of socket.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static bool TryRead(Socket socket, out TcpReading reading)
    {
        reading = default;
        if (!IsTcp(socket)) return false;
        Span<byte> info = stackalloc byte[TcpReading.Size];
        info.Clear();
        try
        {
            var written = socket.GetRawSocketOption(ProtocolTcp, TcpInfo, info);
            if (written < TcpReading.AcknowledgedAt + sizeof(long)) return false;
            reading = TcpReading.Of(info[..written]);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sets the most that the kernel sends on a connection. Without the queueing discipline fq, TCP keeps to it by itself (Linux 4.13).</summary>
    /// <param name="socket">The connection's.</param>
    /// <param name="bytesPerSecond">0 = no limit.</param>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static bool TryPace(Socket socket, long bytesPerSecond)
    {
        if (!IsTcp(socket)) return false;
        // 32 bits are what every version takes; all ones mean no limit.
        var rate = bytesPerSecond is > 0 and < uint.MaxValue ? (uint)bytesPerSecond : uint.MaxValue;
        try
        {
            socket.SetRawSocketOption(SocketLevel, MaxPacingRate, BitConverter.GetBytes(rate));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsTcp(Socket socket) => OperatingSystem.IsLinux() && socket.AddressFamily is (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);
}
