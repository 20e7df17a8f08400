using System.IO.Pipelines;

namespace Gateway.Connections;

/// <summary>The transport's writer, wrapped to report to its connection what goes through it. Nothing else changes.</summary>
internal sealed class ClientOutput(PipeWriter inner, ClientConnection connection) : PipeWriter
{
    private long _written;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        inner.Advance(bytes);
        _written += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        connection.Handed(_written);
        return Follow(inner.FlushAsync(cancellationToken));
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        _written += source.Length;
        connection.Handed(_written);
        return Follow(inner.WriteAsync(source, cancellationToken));
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        connection.Ending();
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        connection.Ending();
        return inner.CompleteAsync(exception);
    }

    private ValueTask<FlushResult> Follow(ValueTask<FlushResult> flushing)
    {
        if (connection.IsTold) return flushing;
        if (!flushing.IsCompletedSuccessfully) return AwaitAsync(flushing);
        connection.Accepted();
        return flushing;
    }

    private async ValueTask<FlushResult> AwaitAsync(ValueTask<FlushResult> flushing)
    {
        var result = await flushing;
        connection.Accepted();
        return result;
    }
}
