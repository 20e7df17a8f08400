using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Connections.Receiving;

/// <summary>
/// The reader at a connection's end, in place of the server's own: it receives when it is read, on the thread that reads, and where nothing has come it is told by the <see cref="SocketPoller"/>, whose thread then receives and goes on with the
/// request. No byte passes a second buffer, and no second thread is woken for a request.
/// <para>
/// <b>When it receives.</b> The kernel tells once when something comes, not as long as something lies there. So <c>_isReady</c> says whether a receive can find anything: it is set by each event, and taken back by a receive that did
/// not fill its memory, for then the socket is empty and the next bytes are an event of their own. An event that comes amid the receive is told after it and sets it again. From the peer's end on, and behind an urgent byte, before which a receive stops, it stays set.
/// </para>
/// <para>
/// <b>Who completes a read.</b> At most one of: the reader itself (something was there), the poller, a cancellation, the end of the connection. Who finds <c>_isWaiting</c> under the lock takes it back there and completes the read outside of it.
/// The poller completes on its own thread, and so runs the request; everybody else has the pool run it, for theirs is not the time to. Received is under the lock too: by the reader only while no read waits, by the poller only while one does.
/// </para>
/// <para>
/// <b>Fairness.</b> A client that sends faster than it is answered would never let its thread go. So every so many reads that needed no wait the connection queues up in the pool, and waits as for a socket meanwhile: an event may be faster.
/// </para>
/// <para>
/// <b>Bounds.</b> Nothing is received that is not asked for. What is examined and not consumed grows as far as its reader lets it: the server bounds heads and frames, and consumes bodies.
/// </para>
/// </summary>
/// <param name="socket">Nobody else receives from it.</param>
/// <param name="pool">Blocks to receive into. An idle connection has none.</param>
/// <param name="connection">Is told when the client's end is read.</param>
internal sealed class SocketInput(Socket socket, MemoryPool<byte> pool, TcpConnection connection) : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem
{
    private const int MostInARow = 64;

    private readonly Lock _lock = new();
    private readonly InputBlocks _blocks = new(pool);
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private CancellationTokenRegistration _cancellation;
    private Exception? _fault;
    private bool _isReady;
    private bool _mayStopShort;
    private bool _isWaiting;
    private bool _isQueued;
    private bool _isCancelled;
    private bool _isEnded;
    private bool _isExamined = true;
    private bool _isCompleted;
    private int _inARow;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        bool isQueued;
        lock (_lock)
        {
            CheckReadable();
            isQueued = _inARow >= MostInARow;
            if (!isQueued && IsAnythingThereUnderLock())
            {
                _inARow++;
                return new ValueTask<ReadResult>(TakeUnderLock());
            }

            _inARow = 0;
            _read.Reset();
            _read.RunContinuationsAsynchronously = false;
            (_isWaiting, _isQueued) = (true, isQueued);
            if (cancellationToken.CanBeCanceled) _cancellation = cancellationToken.UnsafeRegister(static (input, token) => ((SocketInput)input!).Fail(new OperationCanceledException(token), isFinal: false), this);
        }

        if (isQueued) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return new ValueTask<ReadResult>(this, _read.Version);
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_lock)
        {
            CheckReadable();
            var isThere = IsAnythingThereUnderLock();
            result = isThere ? TakeUnderLock() : default;
            return isThere;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_lock)
        {
            if (_isCompleted) return;
            _isExamined = _blocks.IsEnd(examined);
            _blocks.Consume(consumed);
        }
    }

    public override void CancelPendingRead()
    {
        ReadResult result;
        lock (_lock)
        {
            _isCancelled = !_isWaiting;
            if (!_isWaiting) return;
            result = new ReadResult(_blocks.Bytes, isCanceled: true, _isEnded);
            EndWaitUnderLock(runsHere: false);
        }

        _read.SetResult(result);
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_lock)
        {
            if (_isCompleted) return;
            _isCompleted = true;
            _blocks.Clear();
            if (!_isWaiting) return;
            EndWaitUnderLock(runsHere: false);
        }

        _read.SetException(exception ?? new OperationCanceledException("The reader was completed while it waited."));
    }

    /// <summary>Ends reading: a read that waits, and each later one, throws this.</summary>
    public void Fail(Exception fault) => Fail(fault, isFinal: true);

    /// <summary>Nothing more is received; what was received before can still be read, and then the end.</summary>
    public void End()
    {
        ReadResult result;
        lock (_lock)
        {
            _isEnded = true;
            if (!_isWaiting) return;
            result = new ReadResult(_blocks.Bytes, isCanceled: false, isCompleted: true);
            EndWaitUnderLock(runsHere: false);
        }

        _read.SetResult(result);
    }

    /// <summary>Something became true of the socket; the request that waited for it runs on this thread.</summary>
    public void OnEvent(SocketEvents what)
    {
        ReadResult result;
        Exception? fault;
        lock (_lock)
        {
            _isReady = true;
            _mayStopShort |= (what & (SocketEvents.Ended | SocketEvents.Urgent)) != SocketEvents.None;
            if (!_isWaiting || !TryReceiveUnderLock()) return;
            EndWaitUnderLock(runsHere: true);
            fault = _fault;
            result = new ReadResult(_blocks.Bytes, isCanceled: false, _isEnded);
        }

        if (fault is null) _read.SetResult(result);
        else _read.SetException(fault);
    }

    /// <summary>It is this connection's turn in the pool, unless something else has ended the wait.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        ReadResult result = default;
        Exception? fault;
        lock (_lock)
        {
            if (!_isQueued) return;
            _isQueued = false;
            if (!IsAnythingThereUnderLock()) return;
            EndWaitUnderLock(runsHere: true);
            fault = _fault;
            if (fault is null) result = TakeUnderLock();
        }

        if (fault is null) _read.SetResult(result);
        else _read.SetException(fault);
    }

    /// <summary>Takes from the socket what the peer has sent and nobody will read: a socket that is closed with something in it resets the connection, and what is on its way to the peer is lost.</summary>
    public static void Drop(Socket socket)
    {
        const int MostDropped = 1 << 20;
        Span<byte> nowhere = stackalloc byte[4 << 10];
        for (var dropped = 0; dropped < MostDropped;)
        {
            var received = TcpReceive.Receive(socket.SafeHandle, nowhere);
            if (received <= 0) return;
            dropped += received;
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        return _read.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _read.OnCompleted(continuation, state, token, flags);

    private void CheckReadable()
    {
        if (_isCompleted) throw new InvalidOperationException("The reader is completed.");
        if (_isWaiting) throw new InvalidOperationException("A read is under way.");
    }

    private bool IsAnythingThereUnderLock() => _fault is not null || _isCancelled || !_isExamined || _isEnded || TryReceiveUnderLock();

    private ReadResult TakeUnderLock()
    {
        if (_fault is not null) throw _fault;
        var result = new ReadResult(_blocks.Bytes, _isCancelled, _isEnded);
        _isCancelled = false;
        return result;
    }

    /// <summary>Whether there is something to tell: bytes, the end, or a fault.</summary>
    private bool TryReceiveUnderLock()
    {
        if (!_isReady) return false;
        var space = _blocks.Space();
        int received;
        try
        {
            received = TcpReceive.Receive(socket.SafeHandle, space.Span);
        }
        catch (ObjectDisposedException)
        {
            received = TcpReceive.Gone;
        }

        _isReady = received == space.Length || _mayStopShort;
        if (received > 0)
        {
            _blocks.Fill(received);
            _isExamined = false;
            return true;
        }

        _blocks.Trim();
        if (received == TcpReceive.Nothing) return false;
        if (received == 0)
        {
            _isEnded = true;
            connection.TellClosed();
            return true;
        }

        _fault ??= new ConnectionResetException("The client reset the connection.");
        return true;
    }

    private void Fail(Exception fault, bool isFinal)
    {
        lock (_lock)
        {
            if (isFinal) _fault ??= fault;
            if (!_isWaiting) return;
            EndWaitUnderLock(runsHere: false);
        }

        _read.SetException(fault);
    }

    private void EndWaitUnderLock(bool runsHere)
    {
        _isWaiting = _isQueued = false;
        _read.RunContinuationsAsynchronously = !runsHere;
    }
}
