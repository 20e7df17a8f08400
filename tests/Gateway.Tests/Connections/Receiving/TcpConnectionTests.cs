using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>The beginning and the ends of a connection.</summary>
public sealed class TcpConnectionTests : IAsyncDisposable
{
    private readonly TcpPair _pair = new();

    [Fact]
    public async Task Accepted_Client_IsNamedOnBothSides()
    {
        var (client, served) = await _pair.ConnectAsync();
        var (_, other) = await _pair.ConnectAsync();
        Assert.Equal(client.LocalEndPoint, served.RemoteEndPoint);
        Assert.Equal(client.RemoteEndPoint, served.LocalEndPoint);
        Assert.NotEqual(served.ConnectionId, other.ConnectionId);
        Assert.Same(((TcpConnection)served).Socket, served.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionSocketFeature>()!.Socket);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Closed_ByTheClient_IsToldThoughNobodyReads(bool resets)
    {
        var (client, served) = await _pair.ConnectAsync();
        var told = ToldAsync(served);
        if (resets) client.LingerState = new LingerOption(true, 0);
        client.Close();
        await told.WaitAsync(Deadline.Value);
    }

    /// <summary>The requests before its end are still to be answered.</summary>
    [Fact]
    public async Task Closed_ByTheClientBehindUnreadBytes_IsToldWhenTheyAreRead()
    {
        var ((client, served), (other, alsoServed)) = await _pair.ConnectTwoOfAPollerAsync();
        var told = ToldAsync(served);
        client.Send("abc"u8);
        client.Shutdown(SocketShutdown.Send);
        // Its thread has heard of that when it hears of something later.
        other.Send("x"u8);
        await TcpPair.ReadAsync(alsoServed.Transport.Input, 1);
        Assert.Equal("abc"u8.ToArray(), await TcpPair.ReadAsync(served.Transport.Input, 3));
        Assert.False(told.IsCompleted);
        Assert.True((await served.Transport.Input.ReadAsync().AsTask().WaitAsync(Deadline.Value)).IsCompleted);
        await told.WaitAsync(Deadline.Value);
    }

    [Fact]
    public async Task Abort_AmidReadAndFlush_EndsBothAndResetsTheClient()
    {
        var (client, served) = await _pair.ConnectAsync();
        var told = ToldAsync(served);
        var reading = served.Transport.Input.ReadAsync().AsTask();
        served.Transport.Output.Write(new byte[64 << 20]);
        var flushing = served.Transport.Output.FlushAsync().AsTask();
        Assert.False(flushing.IsCompleted);
        served.Abort(new ConnectionAbortedException("test"));
        Assert.Equal("test", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Deadline.Value))).Message);
        Assert.True((await flushing.WaitAsync(Deadline.Value)).IsCompleted);
        await told.WaitAsync(Deadline.Value);
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            var into = new byte[1 << 20];
            while (await client.ReceiveAsync(into).WaitAsync(Deadline.Value) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        Assert.Equal(0, _pair.Memory.Lent);
    }

    [Fact]
    public async Task Closed_WhoIsToldFails_HarmsNobody()
    {
        var (_, served) = await _pair.ConnectAsync();
        served.ConnectionClosed.UnsafeRegister(_ => throw new InvalidOperationException("test"), null);
        var told = ToldAsync(served);
        served.Abort();
        await told.WaitAsync(Deadline.Value);
        await served.DisposeAsync().AsTask().WaitAsync(Deadline.Value);
        var (client, next) = await _pair.ConnectAsync();
        client.Send("x"u8);
        Assert.Equal("x"u8.ToArray(), await TcpPair.ReadAsync(next.Transport.Input, 1));
    }

    /// <summary>What is sent goes out to the end, at the client's pace, and then the connection is ended, not reset.</summary>
    [Fact]
    public async Task Dispose_WithBytesOnTheirWay_SendsThemAll()
    {
        var (client, served) = await _pair.ConnectAsync();
        var sent = CacheFixture.Bytes(16 << 20);
        served.Transport.Output.Write(sent);
        var flushing = served.Transport.Output.FlushAsync().AsTask();
        var disposing = served.DisposeAsync().AsTask();
        var got = new byte[sent.Length + 1];
        var count = 0;
        for (int now; (now = await client.ReceiveAsync(got.AsMemory(count)).AsTask().WaitAsync(Deadline.Value)) > 0;) count += now;
        Assert.Equal(sent, got[..count]);
        await flushing.WaitAsync(Deadline.Value);
        await disposing.WaitAsync(Deadline.Value);
        Assert.Equal(0, _pair.Memory.Lent);
    }

    /// <summary>A socket that is closed with bytes in it resets the connection, and the answer to a body that nobody wanted would be lost.</summary>
    [Fact]
    public async Task Dispose_WithBytesUnread_LeavesTheAnswer()
    {
        var (client, served) = await _pair.ConnectAsync();
        client.Send(new byte[40_000]);
        await served.Transport.Input.ReadAsync().AsTask().WaitAsync(Deadline.Value);
        served.Transport.Output.Write("no"u8);
        await served.Transport.Output.FlushAsync().AsTask().WaitAsync(Deadline.Value);
        await Deadline.Until(() => ((TcpConnection)served).Socket.Available > 0);
        await served.DisposeAsync().AsTask().WaitAsync(Deadline.Value);
        var got = new byte[10];
        Assert.Equal(2, await client.ReceiveAsync(got).WaitAsync(Deadline.Value));
        Assert.Equal(0, await client.ReceiveAsync(got).WaitAsync(Deadline.Value));
    }

    [Fact]
    public async Task Flush_ToAClientThatReadsLate_GoesOnAsItReads()
    {
        var (client, served) = await _pair.ConnectAsync();
        var sent = CacheFixture.Bytes(32 << 20);
        served.Transport.Output.Write(sent);
        var flushing = served.Transport.Output.FlushAsync().AsTask();
        Assert.False(flushing.IsCompleted);
        var got = new byte[sent.Length];
        for (var count = 0; count < got.Length;) count += await client.ReceiveAsync(got.AsMemory(count)).AsTask().WaitAsync(Deadline.Value);
        Assert.Equal(sent, got);
        Assert.False((await flushing.WaitAsync(Deadline.Value)).IsCompleted);
    }

    /// <summary>One request that keeps its thread must not keep those of other clients, before and after it goes on.</summary>
    [Fact]
    public async Task Poller_HeldUpByOneConnection_ServesTheOthers()
    {
        var ((client, served), (other, alsoServed)) = await _pair.ConnectTwoOfAPollerAsync();
        using var isHeld = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var holding = EchoAsync(served, () =>
        {
            isHeld.Set();
            mayGoOn.Wait();
        });
        var serving = EchoAsync(alsoServed, null);
        client.Send("a"u8);
        Assert.True(isHeld.Wait(Deadline.Value));
        await AskAsync(other);
        await AskAsync(other);
        mayGoOn.Set();
        var got = new byte[1];
        Assert.Equal(1, await client.ReceiveAsync(got).WaitAsync(Deadline.Value));
        await AskAsync(client);
        await AskAsync(other);
        client.Close();
        other.Close();
        await Task.WhenAll(holding, serving).WaitAsync(Deadline.Value);
    }

    /// <summary>A connection's reader and its writer are told by one event, and go on side by side: one that blocks until the other has come further (HTTP/2, an upgraded connection) must not keep its own event from it.</summary>
    [Fact]
    public async Task Poller_ReadAndFlushToldAtOnce_NeitherHoldsTheOtherUp()
    {
        var ((client, served), (other, alsoServed)) = await _pair.ConnectTwoOfAPollerAsync();
        using var isRead = new ManualResetEventSlim();
        var reading = ReadAsync();
        Task flushing;
        do
        {
            served.Transport.Output.Write(new byte[TcpPair.Block]);
            flushing = served.Transport.Output.FlushAsync().AsTask();
        }
        while (flushing.IsCompleted);
        var goingOn = FlushAsync();
        var telling = TellBothAsync();
        other.Send("x"u8);
        await telling.WaitAsync(Deadline.Value);
        Assert.True(await goingOn);
        await reading.WaitAsync(Deadline.Value);

        async Task ReadAsync()
        {
            await served.Transport.Input.ReadAsync();
            isRead.Set();
        }

        async Task<bool> FlushAsync()
        {
            await flushing;
            return isRead.Wait(Deadline.Value);
        }

        // On the thread of both connections: it hears of what happens here by one event.
        async Task TellBothAsync()
        {
            await alsoServed.Transport.Input.ReadAsync();
            client.Send("x"u8);
            var into = new byte[1 << 20];
            while (client.Available > 0) client.Receive(into);
        }
    }

    /// <summary>Events, cancellations and aborts meet in all orders; no read may hang, no block may stay.</summary>
    [Fact]
    public async Task Reads_ThatAreCancelledAndAborted_AllEnd()
    {
        for (var round = 0; round < 200; round++)
        {
            var (client, served) = await _pair.ConnectAsync();
            var reading = Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        var result = await served.Transport.Input.ReadAsync();
                        served.Transport.Input.AdvanceTo(result.Buffer.End);
                        if (result.IsCompleted) return;
                    }
                }
                catch (Exception e) when (e is ConnectionAbortedException or ConnectionResetException)
                {
                    // The one or the other, as it comes.
                }
            });
            var cancelling = Task.Run(served.Transport.Input.CancelPendingRead);
            var sending = Task.Run(() =>
            {
                try
                {
                    client.Send(new byte[100]);
                }
                catch (SocketException)
                {
                    // It was aborted before.
                }

                client.Dispose();
            });
            if (round % 2 == 0) served.Abort(new ConnectionAbortedException());
            await Task.WhenAll(reading, cancelling, sending).WaitAsync(Deadline.Value);
            await served.DisposeAsync().AsTask().WaitAsync(Deadline.Value);
        }

        Assert.Equal(0, _pair.Memory.Lent);
    }

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    private static Task ToldAsync(ConnectionContext served)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        served.ConnectionClosed.UnsafeRegister(_ => told.SetResult(), null);
        return told.Task;
    }

    private static async Task AskAsync(Socket client)
    {
        var got = new byte[1];
        await client.SendAsync(Encoding.ASCII.GetBytes("x"));
        Assert.Equal(1, await client.ReceiveAsync(got).WaitAsync(Deadline.Value));
    }

    private static async Task EchoAsync(ConnectionContext served, Action? first)
    {
        while (true)
        {
            var result = await served.Transport.Input.ReadAsync();
            if (result.IsCompleted) return;
            first?.Invoke();
            first = null;
            served.Transport.Output.Write(result.Buffer.ToArray());
            await served.Transport.Output.FlushAsync();
            served.Transport.Input.AdvanceTo(result.Buffer.End);
        }
    }
}
