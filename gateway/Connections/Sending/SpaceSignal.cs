using System.Threading.Tasks.Sources;

namespace Gateway.Connections.Sending;

/// <summary>Tells one waiting sender that its socket may have space again. A signal that comes while nobody waits is kept for the next wait, so none is lost between a refused send and the wait behind it.</summary>
/// <remarks>One thread waits at a time; any may signal. <c>_state</c> decides between the two: whoever takes "waiting" away from it completes the wait.</remarks>
internal sealed class SpaceSignal : IValueTaskSource
{
    private const int Nothing = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _wait;
    private int _state;

    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Nothing, Signalled) == Signalled) return default;
        _wait.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Nothing) == Nothing) return new ValueTask(this, _wait.Version);
        Volatile.Write(ref _state, Nothing);
        return default;
    }

    /// <param name="runsHere">Whether the sender goes on within this call, or in the pool.</param>
    public void Set(bool runsHere)
    {
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case Signalled:
                case Nothing when Interlocked.CompareExchange(ref _state, Signalled, Nothing) == Nothing:
                    return;
                case Waiting when Interlocked.CompareExchange(ref _state, Nothing, Waiting) == Waiting:
                    _wait.RunContinuationsAsynchronously = !runsHere;
                    _wait.SetResult(true);
                    return;
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _wait.OnCompleted(continuation, state, token, flags);
}
