using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Gateway.Connections.Sending;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Gateway.Connections.Receiving;

/// <summary>
/// The server's transport for TCP on Linux, in place of its own: it receives by <see cref="SocketInput"/> and sends by <see cref="SocketOutput"/>. Sockets of other kinds, and other systems, keep the server's.
/// </summary>
/// <param name="options">Says whether it is used at all.</param>
/// <param name="sockets">The server's knobs of a listening socket.</param>
/// <param name="pools">Make the blocks of an address.</param>
/// <param name="memory">What connections hold.</param>
/// <param name="pollers">Wait for the sockets.</param>
/// <param name="metrics">Counts what is sent.</param>
internal sealed class TcpTransport(
    ConnectionsOptions options, IOptions<SocketTransportOptions> sockets, IMemoryPoolFactory<byte> pools, ConnectionMemory memory, SocketPollers pollers, ConnectionMetrics metrics) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>What is encrypted and waits for its client, for all addresses.</summary>
    public MemoryPool<byte> Waiting { get; } = new PipeBlockPool(SocketOutput.WaitingBlock, options.IdleBlocks, memory);

    public SocketPollers Pollers => pollers;

    public ConnectionMetrics Metrics => metrics;

    public bool CanBind(EndPoint endpoint) => options.LendBlocks && EventQueue.IsSupported && endpoint is IPEndPoint or FileHandleEndPoint { FileHandleType: FileHandleType.Tcp or FileHandleType.Auto };

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = sockets.Value.CreateBoundListenSocket(endpoint);
            socket.Listen(sockets.Value.Backlog);
            pollers.Start();
            return ValueTask.FromResult<IConnectionListener>(new TcpConnectionListener(socket, pools.Create(), this));
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            if (e.SocketErrorCode == SocketError.AddressAlreadyInUse) throw new AddressInUseException(e.Message, e);
            throw;
        }
    }
}
