using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Connections.Receiving;

/// <summary>Takes from a TCP socket what has come, without ever waiting (recv(2) with MSG_DONTWAIT).</summary>
internal static unsafe partial class TcpReceive
{
    /// <summary>Nothing has come.</summary>
    public const int Nothing = -1;

    /// <summary>The connection is gone.</summary>
    public const int Gone = -2;

    private const int OnlyLook = 0x2;
    private const int DontWait = 0x40;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;

    /// <returns>As many bytes as were taken; 0 at the other side's end; <see cref="Nothing"/>; <see cref="Gone"/>.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static int Receive(SafeSocketHandle socket, Span<byte> into) => Receive(socket, into, DontWait);

    /// <summary>As <see cref="Receive(SafeSocketHandle, Span{byte})"/>, but what is shown stays in the socket.</summary>
    public static int Look(SafeSocketHandle socket, Span<byte> into) => Receive(socket, into, DontWait | OnlyLook);

    private static int Receive(SafeSocketHandle socket, Span<byte> into, int flags)
    {
        fixed (byte* bytes = into)
        {
            while (true)
            {
                var received = recv(socket, bytes, (nuint)into.Length, flags);
                if (received >= 0) return (int)received;
                switch (Marshal.GetLastPInvokeError())
                {
                    case Interrupted:
                        continue;
                    case WouldBlock:
                        return Nothing;
                    default:
                        return Gone;
                }
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeSocketHandle socket, byte* into, nuint length, int flags);
}
