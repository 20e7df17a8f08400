using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Connections.Sending;

/// <summary>
/// The writer at a connection's end, in place of the server's own: it sends from the thread that flushes, and takes lent bytes as they lie, beside those that are copied into blocks.
/// <para>
/// <b>Lending.</b> The server between a response and this writer (its counting of bytes, of requests, of aborts) must not be gone round. So <see cref="TryLend"/> offers the bytes here, asks the response's own writer for memory, and gets
/// the token of the offer if, and only if, that request came through to <see cref="GetMemory"/> as it was made; advancing by the token's length then puts the bytes in their place. Any other memory (a framing, a compression, a response that has
/// not begun, another protocol) means that the offer did not come through: it is taken back, and the caller copies. An answer to HEAD is not advanced; then the offer is taken back as well. What could go wrong in a server of another version ends in a copy or an
/// exception: the token cannot be written into, and no other number of bytes fits it.
/// </para>
/// <para>
/// <b>Leases.</b> Each lent piece has one of its own, so nothing here depends on how long the response or its reply live. It is released once: when the piece is taken, or, where the connection breaks or ends before, with the rest of the pieces.
/// </para>
/// <para>
/// <b>States.</b> See <see cref="OutputState"/>. A flush moves from Open to Sending, and alone touches the pieces until it has ended; a call that comes meanwhile is a fault of the caller and throws. Only <see cref="Complete"/> may come at any time:
/// amid a flush it leaves the releasing to it. A flush ends when everything is taken, or the connection is broken: then it tells "completed", as a pipe does whose reader is gone. Cancelling it breaks the connection, for nobody knows how much went out.
/// </para>
/// </summary>
/// <param name="pool">Blocks to copy into. An idle connection has none.</param>
/// <param name="metrics">Counts what was sent.</param>
internal abstract class ConnectionOutput(MemoryPool<byte> pool, ConnectionMetrics metrics) : PipeWriter
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile OutputState _state;
    private volatile bool _isCancelled;

    // The offer that is being made, and whether its token is out.
    private ReadOnlyMemory<byte> _offer;
    private ByteLease _lease;
    private bool _isOffering;
    private bool _isTokenOut;

    protected OutputPieces Pieces { get; } = new(pool);

    /// <summary>The connection takes nothing any more: what is flushed is dropped.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>A flush is under way.</summary>
    public bool IsSending => _state is OutputState.Sending or OutputState.Ending;

    /// <summary>Metrics count what is sent here, and not another output that writes through this one.</summary>
    public bool IsCounted { get; set; } = true;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => Pieces.Bytes;

    /// <summary>
    /// Puts bytes into a response without copying them. The lease is released in any case, at once where the answer is false.
    /// </summary>
    /// <param name="body">The response's writer.</param>
    /// <param name="bytes">Bytes that neither change nor go before the lease is released.</param>
    /// <param name="lease">A lease for these bytes alone.</param>
    /// <returns>False when the bytes have to be copied.</returns>
    public bool TryLend(PipeWriter body, ReadOnlyMemory<byte> bytes, ByteLease lease)
    {
        (_offer, _lease, _isOffering) = (bytes, lease, true);
        try
        {
            if (!body.GetMemory(bytes.Length).Equals(LentToken.For(bytes.Length)) || !_isTokenOut) return false;
            body.Advance(bytes.Length);
            return true;
        }
        finally
        {
            if (_isOffering) lease.Release();
            ForgetOffer();
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        CheckOpen();
        _isTokenOut = _isOffering && sizeHint == _offer.Length;
        return _isTokenOut ? LentToken.For(sizeHint) : Pieces.Space(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        CheckOpen();
        _isTokenOut = false;
        return Pieces.Space(sizeHint).Span;
    }

    public override void Advance(int bytes)
    {
        CheckOpen();
        if (!_isTokenOut)
        {
            Pieces.Wrote(bytes);
            return;
        }

        if (bytes != _offer.Length) throw new ArgumentOutOfRangeException(nameof(bytes), "Lent bytes are taken whole.");
        Pieces.Lend(_offer, _lease);
        ForgetOffer();
    }

    /// <summary>The next flush to end tells that it was cancelled. It ends no sooner: what is on its way cannot be called back.</summary>
    public override void CancelPendingFlush() => _isCancelled = true;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        var before = Interlocked.CompareExchange(ref _state, OutputState.Sending, OutputState.Open);
        if (before == OutputState.Sending) throw new InvalidOperationException("A flush is under way.");
        if (before != OutputState.Open) return new ValueTask<FlushResult>(Result());
        return SendAllAsync(cancellationToken);
    }

    /// <summary>Ends the output; what is unflushed is still sent, unless there was a fault. <see cref="EndAsync"/> tells when all of that is over.</summary>
    public override void Complete(Exception? exception = null)
    {
        // The flush hands over to the state below: it has ended by then, or ends the output when it does.
        if (exception is null && !IsBroken && Pieces.Bytes > 0 && _state == OutputState.Open) _ = FlushAsync().AsTask();
        while (true)
        {
            switch (_state)
            {
                case OutputState.Open when Interlocked.CompareExchange(ref _state, OutputState.Ended, OutputState.Open) == OutputState.Open:
                    Pieces.Clear();
                    _ended.TrySetResult();
                    return;
                case OutputState.Sending when Interlocked.CompareExchange(ref _state, OutputState.Ending, OutputState.Sending) == OutputState.Sending:
                case OutputState.Ending or OutputState.Ended:
                    return;
            }
        }
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        await _ended.Task;
    }

    /// <summary>Completes the output and waits until nothing is being sent or held any more: as long as the client takes something, or until the connection is cut.</summary>
    public Task EndAsync()
    {
        Complete();
        return _ended.Task;
    }

    /// <summary>
    /// Sends all pieces, and takes from <see cref="Pieces"/> what was sent. Throws nothing for a connection that is gone, but calls <see cref="Break"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the connection is broken.</exception>
    protected abstract ValueTask SendAsync(CancellationToken cancellation);

    /// <summary>A flush that may wait for more; only where another output writes through this one.</summary>
    protected virtual bool MayWait => false;

    /// <summary>The connection is of no more use.</summary>
    protected virtual void Break() => IsBroken = true;

    private ValueTask<FlushResult> SendAllAsync(CancellationToken cancellation)
    {
        if (MayWait && !IsBroken)
        {
            EndSending(clears: false);
            return new ValueTask<FlushResult>(Result());
        }

        Pieces.Close();
        ValueTask sending;
        try
        {
            sending = IsBroken || Pieces.IsEmpty ? default : SendAsync(cancellation);
        }
        catch
        {
            Break();
            EndSending(clears: true);
            throw;
        }

        if (!sending.IsCompletedSuccessfully) return AwaitAsync(sending);
        sending.GetAwaiter().GetResult();
        EndSending(clears: true);
        return new ValueTask<FlushResult>(Result());
    }

    private async ValueTask<FlushResult> AwaitAsync(ValueTask sending)
    {
        try
        {
            await sending;
        }
        catch
        {
            // Part of a piece may be out: nothing may follow it.
            Break();
            throw;
        }
        finally
        {
            EndSending(clears: true);
        }

        return Result();
    }

    private void EndSending(bool clears)
    {
        if (clears)
        {
            Pieces.Clear();
            var (lent, copied) = Pieces.TakeCounts();
            if (IsCounted) metrics.Sent(lent, copied);
        }

        if (Interlocked.CompareExchange(ref _state, OutputState.Open, OutputState.Sending) == OutputState.Sending) return;
        Pieces.Clear();
        _state = OutputState.Ended;
        _ended.TrySetResult();
    }

    private FlushResult Result()
    {
        var wasCancelled = _isCancelled;
        if (wasCancelled) _isCancelled = false;
        return new FlushResult(wasCancelled, IsBroken || _state == OutputState.Ended);
    }

    private void CheckOpen()
    {
        if (_state != OutputState.Open) throw new InvalidOperationException("Bytes are written amid a flush, or behind the end.");
    }

    private void ForgetOffer() => (_offer, _lease, _isOffering, _isTokenOut) = (default, default, false, false);
}
