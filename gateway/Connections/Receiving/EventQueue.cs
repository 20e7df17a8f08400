using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Connections.Receiving;

/// <summary>
/// The kernel's queue of what becomes true of sockets (epoll(7)). A socket is added once and tells each change once ("edge-triggered"), until it is closed. <see cref="Wake"/> ends all waits from then on.
/// </summary>
internal sealed unsafe partial class EventQueue : IDisposable
{
    /// <summary>The key under which <see cref="Wake"/> comes.</summary>
    private const long WakeKey = 0;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int AddSocket = 1;
    private const int Interrupted = 4;
    private const uint Readable = (uint)SocketEvents.Readable;
    private const uint EdgeTriggered = 1u << 31;

    // "struct epoll_event" is packed on x86-64 alone (bits/epoll.h).
    private static readonly int s_dataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_eventBytes = s_dataAt + sizeof(long);

    private readonly SafeFileHandle _queue;
    private readonly SafeFileHandle _wake;

    public EventQueue()
    {
        _queue = Checked(epoll_create1(CloseOnExec));
        _wake = Checked(eventfd(0, CloseOnExec | NonBlocking));
        var told = stackalloc byte[s_eventBytes];
        Write(told, Readable, WakeKey);
        if (epoll_ctl(_queue, AddSocket, _wake.DangerousGetHandle(), told) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Whether this system has such a queue.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <param name="socket">Tells reading, writing and its end until it is closed. What is already true of it is told as well.</param>
    /// <param name="key">Not 0.</param>
    /// <exception cref="Win32Exception">The kernel watches no further socket.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public void Add(SafeSocketHandle socket, long key)
    {
        var told = stackalloc byte[s_eventBytes];
        Write(told, (uint)(SocketEvents.Readable | SocketEvents.Urgent | SocketEvents.Writable | SocketEvents.PeerEnded) | EdgeTriggered, key);
        if (epoll_ctl(_queue, AddSocket, socket, told) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits for events.</summary>
    /// <returns>How many there are; 0 once <see cref="Wake"/> was called.</returns>
    public int Wait(Span<SocketEvent> into)
    {
        var told = stackalloc byte[into.Length * s_eventBytes];
        while (true)
        {
            var count = epoll_wait(_queue, told, into.Length, -1);
            if (count < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Interrupted) continue;
                throw new Win32Exception(error);
            }

            for (var i = 0; i < count; i++)
            {
                var one = told + i * s_eventBytes;
                into[i] = new SocketEvent(*(long*)(one + s_dataAt), (SocketEvents)(*(uint*)one));
                if (into[i].Key == WakeKey) return 0;
            }

            if (count > 0) return count;
        }
    }

    public void Wake()
    {
        var one = 1L;
        _ = write(_wake, &one, sizeof(long));
    }

    public void Dispose()
    {
        _queue.Dispose();
        _wake.Dispose();
    }

    private static void Write(byte* told, uint events, long key)
    {
        *(uint*)told = events;
        *(long*)(told + s_dataAt) = key;
    }

    private static SafeFileHandle Checked(nint descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint first, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle queue, int action, SafeSocketHandle socket, byte* told);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle queue, int action, nint descriptor, byte* told);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeFileHandle queue, byte* told, int most, int milliseconds);

    [LibraryImport("libc")]
    private static partial nint write(SafeFileHandle file, long* bytes, nint count);
}
