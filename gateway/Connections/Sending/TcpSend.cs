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
