using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Connections;
using Gateway.Connections.Receiving;
using Gateway.Connections.Sending;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Connections;


namespace Gateway.Tests.Connections.Sending;

/// <summary>Real sockets with small buffers: the kernel is full soon.</summary>
public sealed class SocketOutputTests : IDisposable
{
    private const int Piece = 64 << 10;

    /// <summary>Far more than two sockets' buffers hold.</summary>
    private const int Pieces = 200;

    private readonly Socket _served;
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 << 10 };
    private readonly ConnectionMemory _memory = new(1 << 30);
    private readonly CountedLeases _leases = new();
    private readonly TestMetrics _metrics = new();
    private readonly AbortedConnection _connection = new();
    private readonly EventQueue _events = new();
    private readonly PipeBlockPool _pool;
    private readonly PipeBlockPool _waiting;
    private readonly SocketOutput _output;

    public SocketOutputTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the server's own transport sends.");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client.Connect(listener.LocalEndPoint!);
        _served = listener.Accept();
        _served.SendBufferSize = 16 << 10;
        _pool = new PipeBlockPool(Piece, idleBlocks: 8, _memory);
        _waiting = new PipeBlockPool(SocketOutput.WaitingBlock, idleBlocks: 8, _memory);
        _output = new SocketOutput(_served, _connection, _pool, _waiting, _metrics.Metrics);
        _events.Add(_served.SafeHandle, 1);
        new Thread(TellEvents) { IsBackground = true }.Start();
    }

    [Fact]
    public async Task Flush_SmallEnoughForTheKernel_EndsAtOnceAndHoldsNothing()
    {
        _output.Write((byte[])[1, 2, 3]);
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        Assert.True(flushing.IsCompletedSuccessfully);
        Assert.Equal(0, _memory.Lent);
        var got = new byte[3];
        Assert.Equal(3, await _client.ReceiveAsync(got, TestContext.Current.CancellationToken));
        Assert.Equal([1, 2, 3], got);
    }

    /// <summary>Nothing may follow bytes that were not encrypted: a client would wait for them for ever.</summary>
    [Fact]
    public async Task Encryption_ThatFails_CutsTheConnection()
    {
        // Without a handshake it cannot encrypt.
        await using var stream = new SslStream(new MemoryStream());
        var tls = new TlsOutput(stream, _output, _pool, _metrics.Metrics);
        tls.Write((byte[])[1, 2, 3]);
        Assert.True((await tls.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
        Assert.True(_connection.IsAborted);
        Assert.Equal(0, _memory.Lent);
    }

    /// <summary>Leases go one by one as the client reads, each once, and every byte arrives.</summary>
    [Fact]
    public async Task Flush_ToAClientThatReadsLate_HoldsWhatIsNotTakenAndNoMore()
    {
        var body = Lend();
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(flushing.IsCompleted);
        var held = _leases.Held;
        Assert.InRange(held, 1, Pieces);
        var got = new byte[body.Length];
        await ReadAsync(got.AsMemory(0, got.Length / 2));
        await Deadline.Until(() => _leases.Held < held);
        Assert.False(flushing.IsCompleted);
        Assert.True(_leases.Held > 0);
        await ReadAsync(got.AsMemory(got.Length / 2));
        Assert.False((await flushing.WaitAsync(Deadline.Value)).IsCompleted);
        Assert.Equal(body, got);
        Assert.Equal((0, Pieces, 0), (_leases.Held, _leases.Taken, _leases.ReleasedTwice));
        Assert.Equal(body.Length, _metrics.Sent("lent"));
        Assert.Equal(0, _memory.Lent);
    }

    [Fact]
    public async Task Flush_ConnectionCutAmidIt_EndsAndReleasesEachOnce()
    {
        Lend();
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(flushing.IsCompleted);
        _served.Dispose();
        _output.OnEvent(runsHere: false);
        Assert.True((await flushing.WaitAsync(Deadline.Value)).IsCompleted);
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.True(_connection.IsAborted);

        Lend();
        Assert.True((await _output.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
        Assert.Equal(0, _leases.Held);
    }

    [Fact]
    public async Task Flush_ClientGone_EndsAndAbortsTheConnection()
    {
        Lend();
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken).AsTask();
        // With bytes unread, closing resets the connection.
        _client.Dispose();
        Assert.True((await flushing.WaitAsync(Deadline.Value)).IsCompleted);
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.True(_connection.IsAborted);
    }

    [Fact]
    public async Task Flush_ThatIsCancelled_EndsAndReleasesEachOnce()
    {
        Lend();
        using var leaving = new CancellationTokenSource();
        var flushing = _output.FlushAsync(leaving.Token).AsTask();
        Assert.False(flushing.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing.WaitAsync(Deadline.Value));
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.True(_output.IsBroken);
        Assert.True(_connection.IsAborted);
    }

    /// <summary>HTTP has ended, the client still reads: the transport must not close before.</summary>
    [Fact]
    public async Task End_WithBytesOnTheirWay_WaitsForThem()
    {
        var body = Lend();
        var ending = _output.EndAsync();
        Assert.False(ending.IsCompleted);
        var got = new byte[body.Length];
        await ReadAsync(got);
        await ending.WaitAsync(Deadline.Value);
        Assert.Equal(body, got);
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
    }

    /// <summary>Records of TLS are 16 KiB each, and come one by one.</summary>
    [Fact]
    public async Task Flush_WhileGathering_SendsNothingUpToABound()
    {
        _output.Gathers = true;
        _output.Write(new byte[100_000]);
        await _output.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(100_000, _output.UnflushedBytes);
        Assert.Equal(0, _client.Available);
        _output.Gathers = false;
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken).AsTask();
        await ReadAsync(new byte[100_000]);
        await flushing.WaitAsync(Deadline.Value);

        _output.Gathers = true;
        _output.Write(new byte[300_000]);
        flushing = _output.FlushAsync(TestContext.Current.CancellationToken).AsTask();
        await ReadAsync(new byte[300_000]);
        await flushing.WaitAsync(Deadline.Value);
        Assert.Equal(0, _output.UnflushedBytes);
    }

    public void Dispose()
    {
        _events.Wake();
        _served?.Dispose();
        _client.Dispose();
        _metrics.Dispose();
    }

    private void TellEvents()
    {
        var told = new SocketEvent[8];
        while (_events.Wait(told) > 0) _output.OnEvent(runsHere: true);
        _events.Dispose();
    }

    private byte[] Lend()
    {
        var body = CacheFixture.Bytes(Pieces * Piece);
        for (var i = 0; i < Pieces; i++) Assert.True(_output.TryLend(_output, body.AsMemory(i * Piece, Piece), _leases.Take()));
        return body;
    }

    private async Task ReadAsync(Memory<byte> into)
    {
        while (into.Length > 0)
        {
            var read = await _client.ReceiveAsync(into, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value);
            Assert.True(read > 0);
            into = into[read..];
        }
    }

    private sealed class AbortedConnection : DefaultConnectionContext
    {
        private volatile bool _isAborted;

        public bool IsAborted => _isAborted;

        public override void Abort(ConnectionAbortedException abortReason) => _isAborted = true;
    }
}
