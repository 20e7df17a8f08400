namespace Gateway.Origin;

/// <summary>
/// The body of an exchange, read once by one reader. The idle limit counts only while a read waits for upstream: a reader that takes its
/// time is never mistaken for a slow origin.
/// </summary>
/// <remarks>
/// One cancellation source serves all reads; its timer is reset instead of created anew. When it fires, or the reader's own token does, the
/// connection is aborted and the body is over.
/// </remarks>
/// <param name="isFinal">False when a silence of <paramref name="idle"/> only makes the fetch look elsewhere: that proves nothing against the destination.</param>
internal sealed class OriginBody(Exchange exchange, Stream body, long? length, TimeSpan idle, bool isFinal = true) : Stream
{
    private long _read;
    private bool _complete = length == 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<int> read;
        try
        {
            read = body.ReadAsync(buffer, exchange.Limits!.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Cut(e);
        }

        if (!read.IsCompletedSuccessfully) return AwaitAsync(read, buffer.Length, cancellationToken);
        var count = read.Result;
        Count(count, buffer.Length);
        return new ValueTask<int>(count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Synchronous reads are not supported.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private async ValueTask<int> AwaitAsync(ValueTask<int> read, int wanted, CancellationToken leaving)
    {
        var limits = exchange.Limits!;
        limits.CancelAfter(idle);
        try
        {
            int count;
            using (leaving.UnsafeRegister(static limits => ((CancellationTokenSource)limits!).Cancel(), limits)) count = await read;
            limits.CancelAfter(Timeout.InfiniteTimeSpan);
            Count(count, wanted);
            return count;
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            throw new OperationCanceledException(leaving);
        }
        catch (OperationCanceledException e)
        {
            exchange.BodyEnded(ExchangeOutcome.TooSlow);
            exchange.WasLeft = !isFinal;
            throw new OriginBrokenException(OriginFailure.TooSlow, $"The body stalled: no byte arrived for {idle}.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw leaving.IsCancellationRequested ? new OperationCanceledException(leaving) : Cut(e);
        }
    }

    private void Count(int count, int wanted)
    {
        _read += count;
        if (_complete || (count == 0 ? wanted == 0 : _read != length)) return;
        _complete = true;
        exchange.BodyEnded();
    }

    private OriginBrokenException Cut(Exception cause)
    {
        exchange.BodyEnded(ExchangeOutcome.Cut);
        return new OriginBrokenException(OriginFailure.Cut, "The body broke off before its end.", cause);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }
}
