using System.Buffers;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Connections.Receiving;

/// <summary>Accepts clients at an address of this machine, as a <see cref="TcpConnection"/> each.</summary>
/// <param name="socket">Listens.</param>
/// <param name="memory">Blocks for the connections.</param>
/// <param name="transport">What all addresses share.</param>
internal sealed class TcpConnectionListener(Socket socket, MemoryPool<byte> memory, TcpTransport transport) : IConnectionListener
{
    private static readonly TimeSpan WithoutDescriptors = TimeSpan.FromMilliseconds(50);

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <returns>Null once the listener is unbound.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? client = null;
            try
            {
                client = await socket.AcceptAsync(cancellationToken);
                if (client.LocalEndPoint is IPEndPoint) client.NoDelay = true;
                return TcpConnection.Begin(client, memory, transport);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (ObjectDisposedException) when (client is null)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                // No descriptor is free, and none will be before somebody leaves.
                client?.Dispose();
                await Task.Delay(WithoutDescriptors, TimeProvider.System, CancellationToken.None);
            }
            catch (Exception e) when (e is SocketException or Win32Exception or ObjectDisposedException)
            {
                // The client is gone already, or the kernel has no room for it: it is closed, and the next one accepted.
                client?.Dispose();
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        memory.Dispose();
        return default;
    }
}
