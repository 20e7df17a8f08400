using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Connections.Sending;

/// <summary>
/// Hands several pieces of memory to a TCP socket in one call that never waits (sendmsg(2) with MSG_DONTWAIT). The runtime's own vectored send allocates for each piece and goes by way of another thread where the socket is full.
/// </summary>
internal static unsafe partial class TcpSend
{
    /// <summary>Sixteen megabytes of cached blocks; the system takes up to 1,024 (IOV_MAX).</summary>
    private const int MostPieces = 64;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int SocketLevel = 1;

    // SO_MEMINFO (Linux 4.12), and the order of its numbers (linux/sock_diag.h).
    private const int MemoryInfo = 55;
    private const int MemoryNumbers = 9;
    private const int SendBuffer = 3;
    private const int Queued = 5;

    /// <summary>As many bytes as the kernel takes at the moment.</summary>
    /// <returns>More than 0; 0 where it takes none now; -1 where the connection is gone.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static long Send(SafeSocketHandle socket, ReadOnlySpan<OutputPiece> pieces)
    {
        var vectors = stackalloc Vector[MostPieces];
        var count = Math.Min(pieces.Length, MostPieces);
        for (var i = 0; i < count; i++)
        {
            vectors[i].Base = pieces[i].Address;
            vectors[i].Length = (nuint)pieces[i].Left.Length;
        }

        var message = new Message { Vectors = vectors, VectorCount = (nuint)count };
        while (true)
        {
            var sent = sendmsg(socket, &message, DontWait | NoSignal);
            if (sent > 0) return sent;
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted when sent < 0:
                    continue;
                case WouldBlock when sent < 0:
                    return 0;
                default:
                    return -1;
            }
        }
    }

    /// <summary>The socket's send buffer as the kernel counts it, with its overhead; false where it does not tell.</summary>
    /// <param name="socket">The connection's.</param>
    /// <param name="size">Up to so many bytes are taken.</param>
    /// <param name="queued">Bytes that the other side has not acknowledged.</param>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static bool TryReadBuffer(SafeSocketHandle socket, out uint size, out uint queued)
    {
        var numbers = stackalloc uint[MemoryNumbers];
        var length = (uint)(MemoryNumbers * sizeof(uint));
        var isRead = getsockopt(socket, SocketLevel, MemoryInfo, numbers, &length) == 0 && length > Queued * sizeof(uint);
        (size, queued) = isRead ? (numbers[SendBuffer], numbers[Queued]) : (0, 0);
        return isRead;
    }

    [LibraryImport("libc")]
    private static partial int getsockopt(SafeSocketHandle socket, int level, int name, uint* value, uint* size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(SafeSocketHandle socket, Message* message, int flags);

    /// <summary><c>struct iovec</c> (readv(2)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c> (sendmsg(2)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
