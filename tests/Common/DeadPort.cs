using System.Net;
using System.Net.Sockets;

namespace Gateway.Testing;

/// <summary>A loopback port without a listener. It stays bound: a port that was merely free a moment ago may be another test's by now.</summary>
public sealed class DeadPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // Bound, but not listening: connections to it are refused.
    public DeadPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}/";

    public void Dispose() => _socket.Dispose();
}
