namespace Gateway.Warmup;

/// <summary>
/// Holds the first answer of <c>/health/ready</c> until the compiler rests.
/// </summary>
/// <remarks>
/// The second gateway to be built in a process, which is the real one, calls much of the code of building often enough to have it compiled again. That is of no use to anybody, but it stands in the compiler's queue before what the first
/// players need, and takes a processor from them for about a second. Its routes are built with the first request, so it is that one after which there is something to wait for. Whoever asks meanwhile waits for the same end; a probe
/// without that patience has failed, and asks again.
/// </remarks>
internal sealed class FirstReadiness(TimeProvider time)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();

    // Under the lock.
    private Task _rest = Task.CompletedTask;
    private bool _isAwaited;

    /// <summary>The next answer waits. Without a warm-up none does: everything is compiled while it serves then, and there is no end to wait for.</summary>
    public void Await()
    {
        lock (_lock) _isAwaited = true;
    }

    /// <summary>Ends when the compiler rests, or the limit is over; at once for all but the first.</summary>
    /// <param name="cancel">Ends this wait and no other's.</param>
    public Task WaitAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_isAwaited)
            {
                _isAwaited = false;
                _rest = RestAsync();
            }

            return _rest.IsCompleted ? Task.CompletedTask : _rest.WaitAsync(cancel);
        }
    }

    private async Task RestAsync()
    {
        using var limit = new CancellationTokenSource(s_limit, time);
        await ((Task)CompilerRest.WaitAsync(time, limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
