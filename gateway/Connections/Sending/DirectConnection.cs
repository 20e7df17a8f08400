using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.Connections.Sending;

/// <summary>
/// A TCP connection with outputs of the gateway's own: <see cref="SocketOutput"/> in place of the transport's, and <see cref="TlsOutput"/> above TLS. Receiving is the transport's as ever, and so is closing: what is written here is in the kernel before
/// the transport shuts the socket down.
/// <para>
/// The server puts TLS between the transport and HTTP behind everything that can be registered for all endpoints. So what it sees of the connection is this object, which tells by the setting of <see cref="Transport"/> that TLS is on, and off again.
/// </para>
/// </summary>
internal sealed class DirectConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly ClientConnection _client;
    private readonly ConnectionMetrics _metrics;
    private readonly IMemoryPoolFeature _memory;
    private readonly IDuplexPipe _transports;
    private readonly SocketOutput _output;
    private TlsOutput? _tls;

    private DirectConnection(ConnectionContext inner, Socket socket, ClientConnection client, IMemoryPoolFeature memory, MemoryPool<byte> waiting, ConnectionMetrics metrics)
    {
        (_inner, _client, _memory, _metrics) = (inner, client, memory, metrics);
        _transports = inner.Transport;
        _output = new SocketOutput(socket, inner, memory.MemoryPool, waiting, metrics);
        _client.Output = _output;
        _inner.Transport = new DuplexPipe(_transports.Input, new ClientOutput(_output, client));
    }

    public override IDuplexPipe Transport
    {
        get => _inner.Transport;
        set => _inner.Transport = Wrapped(value);
    }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    /// <summary>Null where the transport's own way has to be taken: another system, another kind of socket.</summary>
    public static DirectConnection? TryTake(ConnectionContext inner, ClientConnection client, MemoryPool<byte> waiting, ConnectionMetrics metrics) =>
        client.Socket is { } socket && inner.Features.Get<IMemoryPoolFeature>() is { } memory ? new DirectConnection(inner, socket, client, memory, waiting, metrics) : null;

    public override void Abort() => _inner.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    /// <summary>Sends what is left and gives the connection back to its transport.</summary>
    public async Task EndAsync()
    {
        _client.Output = null;
        await _output.EndAsync();
        _inner.Transport = _transports;
    }

    private IDuplexPipe Wrapped(IDuplexPipe transport)
    {
        if (_tls is not null)
        {
            // TLS is over, and its stream gone: what it has not encrypted by now has nowhere to go.
            _tls.Complete(new ConnectionAbortedException());
            _client.Output = _output;
            return transport;
        }

        if (Features.Get<ISslStreamFeature>()?.SslStream is not { } stream) return transport;
        _output.IsCounted = false;
        _tls = new TlsOutput(stream, _output, _memory.MemoryPool, _metrics);
        _client.Output = _tls;
        return new DuplexPipe(transport.Input, _tls);
    }
}
