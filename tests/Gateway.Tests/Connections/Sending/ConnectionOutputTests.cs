using System.Buffers;
using System.IO.Pipelines;
using Gateway.Connections;
using Gateway.Connections.Sending;
using Gateway.Tests.Caching;

namespace Gateway.Tests.Connections.Sending;

/// <summary>Each condition under which bytes are lent, and each state, without a network.</summary>
public sealed class ConnectionOutputTests : IDisposable
{
    private static readonly byte[] Body = CacheFixture.Bytes(50_000);

    private readonly ConnectionMemory _memory = new(1 << 30);
    private readonly CountedLeases _leases = new();
    private readonly TestMetrics _metrics = new();
    private readonly PipeBlockPool _pool;
    private readonly HeldOutput _output;

    public ConnectionOutputTests()
    {
        _pool = new PipeBlockPool(64 << 10, idleBlocks: 8, _memory);
        _output = new HeldOutput(_pool, _metrics.Metrics);
    }

    [Fact]
    public async Task Lend_WriterThatLeadsHere_SendsTheBytesWithoutACopy()
    {
        _output.Write((byte[])[1, 2, 3]);
        Assert.True(_output.TryLend(new Through(_output), Body, _leases.Take()));
        Assert.Equal(3 + Body.Length, _output.UnflushedBytes);
        _output.Write((byte[])[4]);
        Assert.Equal(1, _leases.Held);
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        _output.Finish();
        Assert.False((await flushing).IsCompleted);
        Assert.Equal([1, 2, 3, .. Body, 4], _output.Sent.ToArray());
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.Equal((Body.Length, 4), (_metrics.Sent("lent"), _metrics.Sent("copied")));
        Assert.Equal(0, _memory.Lent);
    }

    /// <summary>A compression, or any other middleware that takes the response's body for its own.</summary>
    [Fact]
    public void Lend_WriterWithMemoryOfItsOwn_IsRefusedAndReleased()
    {
        var other = PipeWriter.Create(new MemoryStream());
        Assert.False(_output.TryLend(other, Body, _leases.Take()));
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.Equal(0, _output.UnflushedBytes);
        other.Write(Body);
        Assert.Equal(Body.Length, other.UnflushedBytes);
    }

    /// <summary>Chunks have a length before them: the writer asks for more than the bytes.</summary>
    [Fact]
    public void Lend_WriterThatFrames_IsRefusedAndMayBeWrittenTo()
    {
        var framing = new Through(_output) { More = 12 };
        Assert.False(_output.TryLend(framing, Body, _leases.Take()));
        Assert.Equal(0, _leases.Held);
        framing.GetMemory(5).Span[..5].Fill(9);
        framing.Advance(5);
        Assert.Equal(5, _output.UnflushedBytes);
    }

    /// <summary>The server counts what is advanced for HEAD, and passes nothing on.</summary>
    [Fact]
    public async Task Lend_WriterThatDropsBodies_ReleasesAndSendsNothing()
    {
        Assert.True(_output.TryLend(new Through(_output) { Drops = true }, Body, _leases.Take()));
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        await FlushAsync();
        Assert.Empty(_output.Sent);
        _output.Write(Body);
        await FlushAsync();
        Assert.Equal(Body, _output.Sent.ToArray());
    }

    /// <summary>A server that would write into what it takes for its own memory would write into the cache.</summary>
    [Fact]
    public void Lend_WriterThatWritesIntoTheMemory_GetsAnException()
    {
        Assert.Throws<InvalidOperationException>(() => _output.TryLend(new Through(_output) { Scribbles = true }, Body, _leases.Take()));
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.Equal(0, _output.UnflushedBytes);
    }

    [Fact]
    public void Lend_WriterThatTakesPart_GetsAnException()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _output.TryLend(new Through(_output) { Less = 1 }, Body, _leases.Take()));
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.Equal(0, _output.UnflushedBytes);
    }

    /// <summary>A writer that has the token from an offer before, or from another connection.</summary>
    [Fact]
    public void Lend_WriterWithAnOldToken_IsRefused()
    {
        var old = new OldToken();
        Assert.False(_output.TryLend(old, Body, _leases.Take()));
        Assert.Equal(0, _leases.Held);
        Assert.Equal(0, old.Advanced);
    }

    [Fact]
    public async Task Flush_AmidAFlush_IsAFaultAndChangesNothing()
    {
        _output.TryLend(_output, Body, _leases.Take());
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _output.FlushAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Throws<InvalidOperationException>(() => _output.GetMemory(1));
        Assert.Throws<InvalidOperationException>(() => _output.GetSpan(1));
        Assert.Throws<InvalidOperationException>(() => _output.Advance(0));
        Assert.Throws<InvalidOperationException>(() => _output.TryLend(_output, Body, _leases.Take()));
        Assert.Equal(1, _leases.Held);
        _output.Finish();
        await flushing;
        Assert.Equal(Body, _output.Sent.ToArray());
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
    }

    [Fact]
    public async Task Complete_AmidAFlush_LeavesTheReleasingToIt()
    {
        _output.TryLend(_output, Body, _leases.Take());
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        _output.Complete();
        var ending = _output.EndAsync();
        Assert.Equal(1, _leases.Held);
        Assert.False(ending.IsCompleted);
        _output.Finish();
        Assert.True((await flushing).IsCompleted);
        await ending;
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.Throws<InvalidOperationException>(() => _output.GetMemory(1));
        Assert.True((await _output.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
    }

    [Fact]
    public async Task Complete_WithUnflushedBytes_SendsThem()
    {
        _output.TryLend(_output, Body, _leases.Take());
        var ending = _output.EndAsync();
        Assert.False(ending.IsCompleted);
        _output.Finish();
        await ending;
        Assert.Equal(Body, _output.Sent.ToArray());
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
    }

    [Fact]
    public async Task Complete_WithAFault_DropsAndReleases()
    {
        _output.TryLend(_output, Body, _leases.Take());
        await _output.CompleteAsync(new IOException());
        Assert.Empty(_output.Sent);
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
    }

    [Fact]
    public async Task Flush_OfABrokenConnection_DropsReleasesAndTellsIt()
    {
        _output.TryLend(_output, Body, _leases.Take());
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        _output.Fail();
        Assert.True((await flushing).IsCompleted);
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));

        _output.TryLend(_output, Body, _leases.Take());
        Assert.True((await _output.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
        Assert.Equal(0, _leases.Held);
        Assert.Empty(_output.Sent);
        await _output.EndAsync();
    }

    /// <summary>Nobody knows how much of a piece went out: nothing may follow it.</summary>
    [Fact]
    public async Task Flush_ThatIsCancelled_BreaksTheConnection()
    {
        _output.TryLend(_output, Body, _leases.Take());
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        _output.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await flushing);
        Assert.True(_output.IsBroken);
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        await _output.EndAsync();
    }

    [Fact]
    public async Task Flush_CancelledFromOutside_TellsItWhenItEnds()
    {
        _output.TryLend(_output, Body, _leases.Take());
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        _output.CancelPendingFlush();
        Assert.False(flushing.IsCompleted);
        _output.Finish();
        Assert.True((await flushing).IsCanceled);
        Assert.Equal(Body, _output.Sent.ToArray());
        await FlushAsync();
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _pool.Dispose();
    }

    private async Task FlushAsync()
    {
        var flushing = _output.FlushAsync(TestContext.Current.CancellationToken);
        if (!flushing.IsCompleted) _output.Finish();
        Assert.False((await flushing).IsCanceled);
    }

    /// <summary>Sends when it is told to.</summary>
    private sealed class HeldOutput(MemoryPool<byte> pool, ConnectionMetrics metrics) : ConnectionOutput(pool, metrics)
    {
        private TaskCompletionSource<bool>? _sending;

        public List<byte> Sent { get; } = [];

        public void Finish() => _sending!.SetResult(true);

        public void Fail() => _sending!.SetResult(false);

        public void Cancel() => _sending!.SetCanceled();

        protected override async ValueTask SendAsync(CancellationToken cancellation)
        {
            _sending = new TaskCompletionSource<bool>();
            if (!await _sending.Task)
            {
                Break();
                return;
            }

            while (!Pieces.IsEmpty)
            {
                var next = Pieces.Waiting[0].Left;
                Sent.AddRange(next.Span);
                Pieces.Take(next.Length);
            }
        }
    }

    /// <summary>A writer over the output, as the server's is.</summary>
    private sealed class Through(PipeWriter inner) : PipeWriter
    {
        public int More { get; init; }

        public int Less { get; init; }

        public bool Drops { get; init; }

        public bool Scribbles { get; init; }

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            var memory = inner.GetMemory(sizeHint + More);
            if (Scribbles) memory.Span[0] = 1;
            return memory[More..];
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            if (!Drops) inner.Advance(bytes - Less);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);
    }

    private sealed class OldToken : PipeWriter
    {
        public int Advanced { get; private set; }

        public override Memory<byte> GetMemory(int sizeHint = 0) => LentToken.For(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes) => Advanced += bytes;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;
    }
}
