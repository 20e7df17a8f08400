using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Gateway.Connections;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>The transport at a free port, and clients that connect to it: no server, so that a test is the one who reads.</summary>
internal sealed class TcpPair : IAsyncDisposable
{
    public const int Block = 16 << 10;

    private readonly SocketPollers _pollers = new(NullLogger<SocketPollers>.Instance);
    private readonly TestMetrics _metrics = new();
    private readonly TcpTransport _transport;
    private readonly List<(Socket Client, ConnectionContext Served)> _pairs = [];
    private IConnectionListener? _listener;

    public TcpPair()
    {
        Assert.SkipUnless(EventQueue.IsSupported, "Elsewhere the server has a transport of its own.");
        var options = new ConnectionsOptions { BlockBytes = Block };
        _transport = new TcpTransport(options, Options.Create(new SocketTransportOptions()), new PipeBlockPoolFactory(options, Memory), Memory, _pollers, _metrics.Metrics);
    }

    public ConnectionMemory Memory { get; } = new(1 << 30);

    public async Task<(Socket Client, ConnectionContext Served)> ConnectAsync()
    {
        _listener ??= await _transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_listener.EndPoint);
        var served = await _listener.AcceptAsync().AsTask().WaitAsync(Deadline.Value);
        Assert.NotNull(served);
        _pairs.Add((client, served));
        return (client, served);
    }

    /// <summary>So many connections that two of them share a poller: the first and the last.</summary>
    public async Task<((Socket Client, ConnectionContext Served) First, (Socket Client, ConnectionContext Served) Last)> ConnectTwoOfAPollerAsync()
    {
        var first = await ConnectAsync();
        for (var i = 1; i < Environment.ProcessorCount; i++) await ConnectAsync();
        return (first, await ConnectAsync());
    }

    public static async Task<byte[]> ReadAsync(PipeReader input, int count)
    {
        var got = new byte[count];
        for (var at = 0; at < count;)
        {
            var result = await input.ReadAsync().AsTask().WaitAsync(Deadline.Value);
            var taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, count - at));
            taken.CopyTo(got.AsSpan(at));
            at += (int)taken.Length;
            input.AdvanceTo(taken.End);
            if (result.IsCompleted && at < count) throw new EndOfStreamException();
        }

        return got;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (client, served) in _pairs)
        {
            served.Abort();
            await served.DisposeAsync().AsTask().WaitAsync(Deadline.Value);
            client.Dispose();
        }

        if (_listener is not null) await _listener.DisposeAsync();
        _pollers.Dispose();
        _metrics.Dispose();
    }
}
