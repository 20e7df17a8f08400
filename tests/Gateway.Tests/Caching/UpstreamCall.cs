using System.Globalization;
using System.Threading.Channels;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

/// <summary>One fetch that reached the fake upstream.</summary>
internal sealed class UpstreamCall(OriginRequest request, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<OriginReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScriptedBody _body = ScriptedBody.Open();

    public OriginRequest Request { get; } = request;

    public CancellationToken Cancellation { get; } = cancellation;

    public Task<OriginReply> Reply => _reply.Task;

    /// <summary>Bytes that the fetch has taken over so far.</summary>
    public long Taken => _body.Taken;

    /// <summary>The head; the body follows by <see cref="Send"/>.</summary>
    public UpstreamCall Head(int status, long? length, params (string Name, string Value)[] fields)
    {
        var lines = fields.Select(f => new HeaderLine(f.Name, f.Value)).ToList();
        if (length is { } known) lines.Add(new HeaderLine("Content-Length", known.ToString(CultureInfo.InvariantCulture)));
        if (AsksNothing) return this;
        _reply.TrySetResult(new OriginReply(new ResponseHead(status, [.. lines]), "http://origin" + Request.Address.Path, length, _body));
        return this;
    }

    public UpstreamCall Send(params ReadOnlySpan<byte> bytes)
    {
        _body.Write(bytes.ToArray());
        return this;
    }

    public UpstreamCall End()
    {
        _body.End(null);
        return this;
    }

    /// <summary>Runs in each read, after its bytes were taken.</summary>
    public UpstreamCall WhileReading(Action action)
    {
        _body.Reading = action;
        return this;
    }

    /// <summary>The connection is reset.</summary>
    public void Break() => _body.End(new IOException("reset"));

    public void Fail(OriginFailure failure, int tries = 1)
    {
        if (!AsksNothing) _reply.TrySetResult(OriginReply.Failed(failure, tries));
    }

    /// <summary>A request that is not for upstream is answered as the real one answers it, whatever the test says.</summary>
    private bool AsksNothing => Request.Effort == FetchEffort.HeldElsewhere && (_reply.TrySetResult(OriginReply.Failed(OriginFailure.CircuitOpen, tries: 0)) || true);

    /// <summary>Sends a whole response at once.</summary>
    public void Answer(int status, byte[] body, params (string Name, string Value)[] fields) => Head(status, body.Length, fields).Send(body).End();

    private sealed class ScriptedBody : Stream
    {
        private readonly Channel<byte[]> _chunks = Channel.CreateUnbounded<byte[]>();
        private ReadOnlyMemory<byte> _rest;
        private long _taken;

        private ScriptedBody()
        {
        }

        public static ScriptedBody Open() => new();

        public Action? Reading { get; set; }

        public long Taken => Interlocked.Read(ref _taken);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Write(byte[] bytes) => _chunks.Writer.TryWrite(bytes);

        public void End(Exception? error) => _chunks.Writer.TryComplete(error);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_rest.IsEmpty)
            {
                try
                {
                    if (!await _chunks.Reader.WaitToReadAsync(cancellationToken)) return 0;
                }
                catch (ChannelClosedException e) when (e.InnerException is not null)
                {
                    throw new IOException("reset", e);
                }

                if (_chunks.Reader.TryRead(out var next)) _rest = next;
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            Interlocked.Add(ref _taken, count);
            Reading?.Invoke();
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
