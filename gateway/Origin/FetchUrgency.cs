namespace Gateway.Origin;

/// <summary>
/// What is known of the clients that wait for a fetch. It may change while the fetch runs: a prefetch becomes demand when a client asks for its object, and from then on has demand's
/// priority and second request.
/// </summary>
/// <remarks>Written by any thread; demand never ends, and the shortest buffer stays.</remarks>
internal sealed class FetchUrgency
{
    private readonly TaskCompletionSource _demanded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _buffer = long.MaxValue;

    public bool IsDemanded => _demanded.Task.IsCompleted;

    /// <summary>Completes when a client waits.</summary>
    public Task Demanded => _demanded.Task;

    /// <summary>Media that the client with the least has left to play; null when none tells.</summary>
    public TimeSpan? Buffer => Volatile.Read(ref _buffer) is var ticks && ticks != long.MaxValue ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>A client waits.</summary>
    /// <param name="buffer">What it has left to play; a claim of the client, null when it does not tell.</param>
    public void Demand(TimeSpan? buffer)
    {
        if (buffer is { } left)
        {
            for (var known = Volatile.Read(ref _buffer); left.Ticks < known;)
            {
                var before = Interlocked.CompareExchange(ref _buffer, left.Ticks, known);
                if (before == known) break;
                known = before;
            }
        }

        _demanded.TrySetResult();
    }
}
