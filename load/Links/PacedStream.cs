namespace Gateway.Load.Links;

/// <summary>
/// A body that is read no faster than a link brings it: the token bucket stands at the reader, so the sender is held back by its own full socket, as it is by a slow client.
/// </summary>
/// <remarks>
/// A read returns at most what one portion of the flow brings. Bytes that are in before the link has brought them wait in the caller's buffer, never here, so that thousands
/// of these cost no memory of their own.
/// </remarks>
/// <param name="inner">The body; disposed with this.</param>
/// <param name="flow">The link's side.</param>
internal sealed class PacedStream(Stream inner, RealTimeFlow flow) : Stream
{
    private bool _waiting;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(buffer, cancellationToken);
        // A read that is over at once had its bytes waiting: the link was never without work.
        var waiting = _waiting && reading.IsCompletedSuccessfully;
        var read = await reading;
        _waiting = true;
        for (var passed = 0; passed < read;)
        {
            passed += await flow.PassAsync(read - passed, waiting, cancellationToken);
            waiting = true;
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here blocks a thread.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
