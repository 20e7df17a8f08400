namespace TranscoderStub.JustInTime;

/// <summary>
/// Who waits for a segment, over all encoders. As long as anybody does, encoders that only run ahead stand still, so that all processors work for the
/// segment that is waited for. An encoder that is not read from stops by itself when its pipe is full.
/// </summary>
internal sealed class Demand
{
    // Protects both.
    private readonly Lock _lock = new();
    private int _waiting;
    private TaskCompletionSource? _calm;

    public bool IsWaiting => Volatile.Read(ref _waiting) > 0;

    public void Begin()
    {
        lock (_lock) _waiting++;
    }

    public void End()
    {
        TaskCompletionSource? calm = null;
        lock (_lock)
        {
            if (--_waiting == 0) (calm, _calm) = (_calm, null);
        }

        calm?.TrySetResult();
    }

    /// <summary>Ends when nobody waits.</summary>
    public Task CalmAsync()
    {
        lock (_lock)
        {
            if (_waiting == 0) return Task.CompletedTask;
            return (_calm ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
