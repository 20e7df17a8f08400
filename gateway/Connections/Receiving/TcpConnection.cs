using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Gateway.Connections.Sending;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.Connections.Receiving;

/// <summary>
/// A client's TCP connection: what it sends is read by a <see cref="SocketInput"/>, what it gets is written to a <see cref="SocketOutput"/>, and above TLS to a <see cref="TlsOutput"/>.
/// <para>
/// The server puts TLS between the transport and HTTP behind everything that can be registered for all endpoints. So what it sees of the connection is this object, which tells by the setting of <see cref="Transport"/> that TLS is on, and off again.
/// </para>
/// <para>
/// <b>Its end.</b> The server disposes of it when HTTP is through: what is written is sent to the end, as long as the client takes something, and then the socket is closed. <see cref="Abort(ConnectionAbortedException)"/> may come at any time and from anywhere: it resets the
/// connection, and whoever reads or waits to write hears of it. Of the two the first closes the socket. That it is closed is told once (<see cref="ClosedSignal"/>): at the client's end, behind what it sent before; at an abort; or at the latest when it is disposed of. The server answers
/// the first by an abort without a reason, which resets nothing.
/// </para>
/// </summary>
internal sealed class TcpConnection : ConnectionContext, IConnectionIdFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionSocketFeature, IConnectionTransportFeature, IMemoryPoolFeature
{
    private static long s_last = TimeProvider.System.GetUtcNow().Ticks;

    private readonly ClosedSignal _closed;
    private readonly TcpTransport _transport;
    private readonly SocketPoller _poller;
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private IDuplexPipe _pipes;
    private TlsOutput? _tls;
    private string? _id;
    private IDictionary<object, object?>? _items;
    private long _key;
    private int _isClosed;

    private TcpConnection(Socket socket, MemoryPool<byte> memory, TcpTransport transport)
    {
        (Socket, MemoryPool, _transport) = (socket, memory, transport);
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        _poller = transport.Pollers.Next();
        _closed = new ClosedSignal(_poller.Tell);
        ConnectionClosed = _closed.Token;
        _input = new SocketInput(socket, memory, this);
        _output = new SocketOutput(socket, this, memory, transport.Waiting, transport.Metrics);
        _pipes = new DuplexPipe(_input, _output);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
    }

    public Socket Socket { get; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>Who watches it; its <see cref="ClientConnection.Output"/> is kept as TLS comes and goes.</summary>
    public ClientConnection? Client
    {
        get;
        set
        {
            field = value;
            LendTo(_tls as ConnectionOutput ?? _output);
        }
    }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDuplexPipe Transport
    {
        get => _pipes;
        set => _pipes = Wrapped(value);
    }

    public override string ConnectionId
    {
        get => _id ??= Interlocked.Increment(ref s_last).ToString("X", CultureInfo.InvariantCulture);
        set => _id = value;
    }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>Begins to serve an accepted client.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel watches no further socket.</exception>
    public static TcpConnection Begin(Socket socket, MemoryPool<byte> memory, TcpTransport transport)
    {
        var connection = new TcpConnection(socket, memory, transport);
        connection._key = connection._poller.Add(connection);
        return connection;
    }

    /// <summary>Something became true of the socket. Requests run on this thread.</summary>
    public void OnEvent(SocketEvents what)
    {
        var isForInput = (what & (SocketEvents.Readable | SocketEvents.Urgent | SocketEvents.Ended)) != SocketEvents.None;
        // Of a reader and a writer that both wait, one goes on in the pool: here the second would wait until the first is through, and the first may be waiting for the second.
        if ((what & (SocketEvents.Writable | SocketEvents.Ended)) != SocketEvents.None) _output.OnEvent(runsHere: !isForInput);
        if (isForInput) _input.OnEvent(what);
        if ((what & SocketEvents.Broken) != SocketEvents.None || ((what & SocketEvents.PeerEnded) != SocketEvents.None && IsAllTaken())) TellClosed();
    }

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the application."));

    /// <param name="abortReason">None where the server has heard that the client has ended its side: what the kernel has still arrives, and what was received is still read. Amid a flush it is reset nevertheless, for the client might take half an answer for a whole one.</param>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        if (abortReason is null && !_output.IsSending)
        {
            _input.End();
            Close();
        }
        else
        {
            _poller.Remove(_key);
            // With no time to linger: the client is reset, and what waits in the kernel is dropped.
            Socket.Close(0);
            _input.Fail(abortReason ?? new ConnectionAbortedException("The client ended its side amid an answer."));
        }

        _output.OnEvent(runsHere: false);
        TellClosed();
    }

    public void TellClosed() => _closed.Give();

    public override async ValueTask DisposeAsync()
    {
        LendTo(null);
        _input.Complete();
        await _output.EndAsync();
        if (Interlocked.Exchange(ref _isClosed, 1) == 0) Close();
        await _closed.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Whether nothing but a farewell lies before the client's end. Requests and bodies that it sent before are answered and read first, and who reads that far tells of the end.</summary>
    private bool IsAllTaken()
    {
        Span<byte> left = stackalloc byte[TlsFarewell.MostBytes + 1];
        try
        {
            var count = TcpReceive.Look(Socket.SafeHandle, left);
            return count <= 0 || (_tls is not null && count <= TlsFarewell.MostBytes && TlsFarewell.IsAllOf(left[..count]));
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private void Close()
    {
        _poller.Remove(_key);
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
            SocketInput.Drop(Socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client was faster.
        }

        Socket.Dispose();
    }

    private void LendTo(ConnectionOutput? output)
    {
        if (Client is { } client) client.Output = output;
    }

    private IDuplexPipe Wrapped(IDuplexPipe transport)
    {
        if (_tls is not null)
        {
            // TLS is over, and its stream gone: what it has not encrypted by now has nowhere to go.
            _tls.Complete(new ConnectionAbortedException());
            LendTo(_output);
            return transport;
        }

        if (Features.Get<ISslStreamFeature>()?.SslStream is not { } stream) return transport;
        _output.IsCounted = false;
        _tls = new TlsOutput(stream, _output, MemoryPool, _transport.Metrics);
        LendTo(_tls);
        return new DuplexPipe(transport.Input, _tls);
    }
}
