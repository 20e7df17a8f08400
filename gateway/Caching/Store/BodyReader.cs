using System.Threading.Tasks.Sources;

namespace Gateway.Caching.Store;

/// <summary>
/// One reader of a growing <see cref="MediaBody"/>: its lease, its position, and its wait. Waiting allocates nothing: the reader is its own
/// <see cref="IValueTaskSource{TResult}"/>, good for one read at a time. A wait ends exactly once, by landing bytes or by the reader's own cancellation: the call that clears
/// <see cref="IsWaiting"/> under the body's gate ends it.
/// </summary>
internal sealed class BodyReader(MediaBody body) : IValueTaskSource<ReadOnlyMemory<byte>>, IDisposable
{
    private ManualResetValueTaskSourceCore<ReadOnlyMemory<byte>> _wait = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _leaving;
    private CancellationToken _token;
    private int _left;

    // Owned by the body, used under its gate.
    internal BodyReader? Next;
    internal BodyReader? Previous;
    internal BodyReader? NextAwake;
    internal long Position;
    internal bool IsAttached;
    internal bool IsWaiting;
    internal bool IsCut;
    internal TimeSpan HeldUp;
    internal ReadOnlyMemory<byte> Served;
    internal BrokenBodyException? Broken;

    public MediaBody Body => body;

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(long position, CancellationToken leaving)
    {
        if (body.TryRead(position, out var bytes)) return new ValueTask<ReadOnlyMemory<byte>>(bytes);
        if (leaving.IsCancellationRequested) return ValueTask.FromCanceled<ReadOnlyMemory<byte>>(leaving);
        if (body.TryRead(this, position, out bytes, out var broken))
            return broken is null ? new ValueTask<ReadOnlyMemory<byte>>(bytes) : ValueTask.FromException<ReadOnlyMemory<byte>>(broken);

        // Bytes may land between here and the registration: then the wait is over already, and the registration has nothing to stop.
        var version = _wait.Version;
        if (leaving.CanBeCanceled)
        {
            _token = leaving;
            _leaving = leaving.UnsafeRegister(static state => ((BodyReader)state!).StopWaiting(), this);
        }

        return new ValueTask<ReadOnlyMemory<byte>>(this, version);
    }

    /// <summary>Leaves; the second call does nothing. A read that is still waiting then never ends and must not be awaited any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) != 0) return;
        body.Leave(this);
        _leaving.Dispose();
    }

    /// <summary>Called by the body under its gate, before the reader counts as waiting.</summary>
    internal void Prepare()
    {
        _wait.Reset();
        Broken = null;
    }

    /// <summary>Called by the body, outside its gate, with <see cref="Served"/> or <see cref="Broken"/> set.</summary>
    internal void Wake()
    {
        if (Broken is { } broken) _wait.SetException(broken);
        else _wait.SetResult(Served);
    }

    private void StopWaiting()
    {
        if (body.TryStopWaiting(this)) _wait.SetException(new OperationCanceledException(_token));
    }

    ReadOnlyMemory<byte> IValueTaskSource<ReadOnlyMemory<byte>>.GetResult(short token)
    {
        // Waits for a StopWaiting that is running, so that the next wait is not hit by it.
        _leaving.Dispose();
        _leaving = default;
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadOnlyMemory<byte>>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<ReadOnlyMemory<byte>>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
