using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Load.Links;

/// <summary>
/// A TCP relay on a loopback port through which a foreign program, a browser for one, can be led: what comes down goes through a shared bottleneck, what goes up comes a
/// round trip later. It reads no protocol, so HTTP/1.1 and TLS pass alike.
/// </summary>
/// <remarks>
/// The round trip is put on the way up as a whole; for a request and its answer that is the same. What a new connection costs is counted from its opening, so one
/// that a browser opened ahead costs nothing more. Loss is not made here: to a player it
/// is delay and rate, which the trace already has (its rates were measured above TCP).
/// </remarks>
internal sealed class ShapedProxy : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly IPEndPoint _target;
    private readonly IPAddress? _from;
    private readonly bool _isThin;
    private readonly RealTimeBottleneck _link;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ShapedConnection, Task> _connections = new();
    private readonly Task _accepting;

    /// <param name="target">Where it leads.</param>
    /// <param name="link">The way down; its options tell the round trip.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isThin">It holds next to nothing of what waits for the line, so that a target that goes by acknowledgements sees the line itself.</param>
    /// <param name="from">Address of this machine that the target sees as its client's; null for any.</param>
    public ShapedProxy(IPEndPoint target, RealTimeBottleneck link, TimeProvider time, IPAddress? from = null, bool isThin = false)
    {
        (_target, _link, _time, _from, _isThin) = (target, link, time, from, isThin);
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = new ShapedConnection(client, _target, _from, _isThin, _link, _time);
            _connections[connection] = RunAsync(connection);
        }
    }

    private async Task RunAsync(ShapedConnection connection)
    {
        // Entered in the table before it can be over.
        await Task.Yield();
        await connection.RunAsync(_stopping.Token);
        _connections.TryRemove(connection, out _);
    }
}
