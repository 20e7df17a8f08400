using System.Buffers;
using System.Net.Sockets;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>The reader of a connection, at real sockets and with the poller's threads.</summary>
public sealed class SocketInputTests : IAsyncDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly TcpPair _pair = new();

    [Fact]
    public async Task Read_BytesThatComeLater_GoesOnWhereTheSocketIsWaitedFor()
    {
        var (client, served) = await _pair.ConnectAsync();
        var reading = ReadNameAsync();
        Assert.False(reading.IsCompleted);
        client.Send("x"u8);
        Assert.StartsWith("Connections ", await reading.WaitAsync(Deadline.Value), StringComparison.Ordinal);

        async Task<string?> ReadNameAsync()
        {
            await served.Transport.Input.ReadAsync();
            return Thread.CurrentThread.Name;
        }
    }

    /// <summary>Pieces of all sizes on both sides, across borders of blocks, examined and not consumed.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Read_PiecesOfAllSizes_EveryByteComesOnceAndInOrder(int seed)
    {
        var (client, served) = await _pair.ConnectAsync();
        var sent = CacheFixture.Bytes(1 << 20);
        var sizes = new Random(seed);
        var sending = Task.Run(async () =>
        {
            for (var at = 0; at < sent.Length;)
            {
                var now = Math.Min(sent.Length - at, 1 + sizes.Next(sizes.Next(2) == 0 ? 100 : 3 * TcpPair.Block));
                await client.SendAsync(sent.AsMemory(at, now), s_none);
                at += now;
            }

            client.Shutdown(SocketShutdown.Send);
        });
        var got = new List<byte>();
        var takes = new Random(-seed);
        while (true)
        {
            var result = await served.Transport.Input.ReadAsync().AsTask().WaitAsync(Deadline.Value);
            var bytes = result.Buffer;
            if (bytes.IsEmpty && result.IsCompleted) break;
            // Some of it is consumed, and either the rest is looked at or not.
            var taken = bytes.Slice(0, takes.Next(4) == 0 && !result.IsCompleted ? takes.NextInt64(bytes.Length) : bytes.Length);
            got.AddRange(taken.ToArray());
            served.Transport.Input.AdvanceTo(taken.End, takes.Next(2) == 0 ? bytes.End : taken.End);
        }

        await sending.WaitAsync(Deadline.Value);
        Assert.Equal(sent, got);
        Assert.Equal(0, _pair.Memory.Lent);
    }

    [Fact]
    public async Task Consumed_WholeBlock_IsGivenBackBeforeTheNextRead()
    {
        var (client, served) = await _pair.ConnectAsync();
        client.Send(new byte[100]);
        await TcpPair.ReadAsync(served.Transport.Input, 100);
        var next = served.Transport.Input.ReadAsync();
        Assert.False(next.IsCompleted);
        Assert.Equal(0, _pair.Memory.Lent);
        client.Send("x"u8);
        Assert.Equal(1, (await next.AsTask().WaitAsync(Deadline.Value)).Buffer.Length);
    }

    [Fact]
    public async Task Examined_AndNotConsumed_ComesAgainWithWhatFollows()
    {
        var (client, served) = await _pair.ConnectAsync();
        var input = served.Transport.Input;
        client.Send("ab"u8);
        var first = await input.ReadAsync().AsTask().WaitAsync(Deadline.Value);
        while (first.Buffer.Length < 2)
        {
            input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
            first = await input.ReadAsync().AsTask().WaitAsync(Deadline.Value);
        }

        input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        var second = input.ReadAsync().AsTask();
        Assert.False(second.IsCompleted);
        client.Send("c"u8);
        var whole = (await second.WaitAsync(Deadline.Value)).Buffer;
        Assert.Equal("abc"u8.ToArray(), whole.ToArray());
        // What was not examined is there without a wait.
        input.AdvanceTo(whole.GetPosition(1));
        Assert.True(input.TryRead(out var rest));
        Assert.Equal("bc"u8.ToArray(), rest.Buffer.ToArray());
    }

    [Fact]
    public async Task Read_ClientEndsBehindBytes_GetsThemAndThenTheEnd()
    {
        var (client, served) = await _pair.ConnectAsync();
        client.Send("bye"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye"u8.ToArray(), await TcpPair.ReadAsync(served.Transport.Input, 3));
        var end = await served.Transport.Input.ReadAsync().AsTask().WaitAsync(Deadline.Value);
        Assert.True(end.IsCompleted && end.Buffer.IsEmpty);
        served.Transport.Input.AdvanceTo(end.Buffer.End);
        // And again, as often as it is asked.
        Assert.True((await served.Transport.Input.ReadAsync()).IsCompleted);
    }

    /// <summary>A receive stops before a byte that was sent as urgent, and no event tells of what lies behind it.</summary>
    [Fact]
    public async Task Read_WithAnUrgentByteAmidIt_GetsWhatLiesBehind()
    {
        var (client, served) = await _pair.ConnectAsync();
        client.Send("abc"u8);
        client.Send("!"u8, SocketFlags.OutOfBand);
        client.Send("def"u8);
        Assert.Equal("abcdef"u8.ToArray(), await TcpPair.ReadAsync(served.Transport.Input, 6));
    }

    [Fact]
    public async Task Read_ClientResets_ThrowsThat()
    {
        var (client, served) = await _pair.ConnectAsync();
        var reading = served.Transport.Input.ReadAsync().AsTask();
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WaitAsync(Deadline.Value));
        Assert.Equal(0, _pair.Memory.Lent);
    }

    [Fact]
    public async Task CancelPendingRead_BeforeOrAmidARead_EndsThatOneAlone()
    {
        var (client, served) = await _pair.ConnectAsync();
        var input = served.Transport.Input;
        input.CancelPendingRead();
        Assert.True((await input.ReadAsync().AsTask().WaitAsync(Deadline.Value)).IsCanceled);
        var reading = input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        input.CancelPendingRead();
        Assert.True((await reading.WaitAsync(Deadline.Value)).IsCanceled);
        client.Send("x"u8);
        Assert.Equal("x"u8.ToArray(), await TcpPair.ReadAsync(input, 1));
    }

    [Fact]
    public async Task Read_ThatIsCancelled_ThrowsAndLosesNothing()
    {
        var (client, served) = await _pair.ConnectAsync();
        using var leaving = new CancellationTokenSource();
        var reading = served.Transport.Input.ReadAsync(leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Deadline.Value));
        client.Send("x"u8);
        Assert.Equal("x"u8.ToArray(), await TcpPair.ReadAsync(served.Transport.Input, 1));
    }

    [Fact]
    public async Task Complete_AmidARead_EndsIt()
    {
        var (_, served) = await _pair.ConnectAsync();
        var reading = served.Transport.Input.ReadAsync().AsTask();
        served.Transport.Input.Complete();
        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(Deadline.Value));
        Assert.Throws<InvalidOperationException>(() => served.Transport.Input.TryRead(out _));
    }

    /// <summary>A client that always has something there would keep its thread for itself.</summary>
    [Fact]
    public async Task Read_ThatNeverHasToWait_LeavesThePollersThread()
    {
        var (client, served) = await _pair.ConnectAsync();
        var reading = ReadAllAsync();
        client.Send(new byte[1000]);
        await reading.WaitAsync(Deadline.Value);

        async Task ReadAllAsync()
        {
            var input = served.Transport.Input;
            var wasHere = false;
            for (var read = 0; read < 1000; read++)
            {
                var result = await input.ReadAsync();
                input.AdvanceTo(result.Buffer.GetPosition(1));
                if (Thread.CurrentThread.IsThreadPoolThread) break;
                wasHere = true;
                Assert.InRange(read, 0, 200);
            }

            Assert.True(wasHere);
        }
    }

    public ValueTask DisposeAsync() => _pair.DisposeAsync();
}
