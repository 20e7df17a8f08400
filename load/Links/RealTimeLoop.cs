using System.Collections.Concurrent;

namespace Gateway.Load.Links;

/// <summary>
/// The same events at their real moments: one task that waits for the next of them or for something posted from another thread, which sockets do.
/// </summary>
/// <remarks>
/// <see cref="Lateness"/> tells how late the last event was. What a player measures is worth nothing when the tester itself is behind, so whoever runs the loop looks at it.
/// </remarks>
internal sealed class RealTimeLoop : EventLoop, IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly DateTimeOffset _beganAt;
    private readonly ConcurrentQueue<(IScheduled Target, long Tag)> _posted = new();
    private readonly SemaphoreSlim _awake = new(0);
    private int _sleeping;

    public RealTimeLoop(TimeProvider time)
    {
        _time = time;
        _began = time.GetTimestamp();
        _beganAt = time.GetUtcNow();
    }

    public override TimeSpan Now => _time.GetElapsedTime(_began);

    public override double Seconds => Now.TotalSeconds;

    public override DateTimeOffset UtcNow => _beganAt + Now;

    /// <summary>How long after its moment the last event fired.</summary>
    public TimeSpan Lateness { get; private set; }

    /// <summary>Largest <see cref="Lateness"/> since the last <see cref="TakeWorstLateness"/>.</summary>
    private TimeSpan _worst;

    public override void Post(IScheduled target, long tag)
    {
        _posted.Enqueue((target, tag));
        if (Interlocked.Exchange(ref _sleeping, 0) == 1) _awake.Release();
    }

    /// <summary>Largest lateness since the last call; on the loop's thread.</summary>
    public TimeSpan TakeWorstLateness()
    {
        var worst = _worst;
        _worst = TimeSpan.Zero;
        return worst;
    }

    /// <summary>Fires events until stopped.</summary>
    /// <param name="stopping">Ends it after the event under way.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (_posted.TryDequeue(out var posted))
            {
                posted.Target.Fire(posted.Tag);
                continue;
            }

            var wait = Timeout.InfiniteTimeSpan;
            if (TryPeek(out var at))
            {
                wait = at - Now;
                if (wait <= TimeSpan.Zero)
                {
                    Lateness = -wait;
                    if (Lateness > _worst) _worst = Lateness;
                    FireNext();
                    continue;
                }
            }

            await SleepAsync(wait, stopping);
        }
    }

    public void Dispose() => _awake.Dispose();

    /// <summary>The mark is set before the last look, so that what is posted in between is either seen by the look or ends the wait.</summary>
    private async Task SleepAsync(TimeSpan wait, CancellationToken stopping)
    {
        Volatile.Write(ref _sleeping, 1);
        if (!_posted.IsEmpty && Interlocked.Exchange(ref _sleeping, 0) == 1) return;
        using var alarm = wait == Timeout.InfiniteTimeSpan ? null : _time.CreateTimer(static loop => ((RealTimeLoop)loop!).Wake(), this, wait, Timeout.InfiniteTimeSpan);
        try
        {
            await _awake.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            // RunAsync sees it by itself.
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _sleeping, 0) == 1) _awake.Release();
    }
}
