using System.Runtime.CompilerServices;

namespace Gateway.Origin;

/// <summary>
/// A body that goes on after a break: cut, reset, shorter than declared, or silent for too long. Its reader gets one run of bytes, all of one representation, or an
/// <see cref="OriginBrokenException"/> where that is not to be had: never a byte of another.
/// </summary>
/// <remarks>
/// Read by one reader, one read at a time. The position moves only after a read, and the rest is requested from that position: a read that broke has given nothing. Disposed once no
/// read is under way, like every stream; it owns the exchange that it reads from.
/// </remarks>
internal sealed class ContinuedBody(Exchange exchange, OriginBody body, BodyContinuation continuation) : Stream
{
    private Exchange _exchange = exchange;
    private OriginBody _body = body;
    private long _position;
    private long? _length = continuation.Part.Length;
    private bool _isContinued;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // An answer with the whole may go on behind the part.
            if (_isContinued && _position == _length)
            {
                _exchange.BodyEnded();
                return 0;
            }

            OriginBrokenException broken;
            try
            {
                var read = await _body.ReadAsync(buffer, cancellationToken);
                if (read > 0) return Counted(read);
                if (buffer.Length == 0 || _length is null || _position == _length) return 0;
                broken = new OriginBrokenException(OriginFailure.Cut, "The body is shorter than its declared length.");
            }
            catch (OriginBrokenException e) when (e.Failure is OriginFailure.Cut or OriginFailure.TooSlow)
            {
                broken = e;
            }

            if (!await TryGoOnAsync(broken, cancellationToken)) throw broken;
        }
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

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _body.Dispose();
            _exchange.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Counted(int read)
    {
        var missing = _length - _position;
        if (read > missing)
        {
            // Only an answer with the whole may hold more than the part; any other lies about its length.
            if (!_isContinued) throw new OriginBrokenException(OriginFailure.Protocol, "The body is longer than its declared length.");
            read = (int)missing;
        }

        _position += read;
        return read;
    }

    private async ValueTask<bool> TryGoOnAsync(OriginBrokenException broken, CancellationToken leaving)
    {
        // The broken exchange ends first: its connection, its place among the destination's requests, and what it tells about the destination's health.
        _body.Dispose();
        _exchange.Dispose();
        if (await continuation.OpenAsync(_exchange, _position, broken.Failure, leaving) is not { } next) return false;
        (_exchange, _body) = (next.Exchange, next.Body);
        _length = _position + next.Bytes;
        _isContinued = true;
        return true;
    }
}
