namespace Gateway.Caching.Disk;

/// <summary>
/// A few threads of their own that do blocking work in the order in which it came, behind a bounded queue. Not the pool's: a disk that hangs for a second would otherwise keep every thread
/// from serving. Work that is refused was not done; work that was taken is done, also after <see cref="Close"/>.
/// </summary>
internal sealed class DiskThreads
{
    private readonly Queue<Action> _work = new();
    // Threads wait on it, which a Lock cannot do.
    private readonly object _gate = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _most;
    private readonly Action? _idle;
    private int _running;
    private bool _isClosed;

    /// <param name="name">Of the threads, for who looks at the process.</param>
    /// <param name="most">Work that waits at most.</param>
    /// <param name="idle">Called by the one thread when nothing waits.</param>
    public DiskThreads(string name, int threads, int most, Action? idle = null)
    {
        _most = most;
        _idle = idle;
        _running = threads;
        for (var i = 0; i < threads; i++) new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Completes when the last thread has ended.</summary>
    public Task Over => _over.Task;

    /// <summary>False when too much waits, or no more work is taken. Work does not throw.</summary>
    /// <param name="most">Another bound than the usual one, for work that is small.</param>
    public bool TryPost(Action work, int? most = null)
    {
        lock (_gate)
        {
            if (_isClosed || _work.Count >= (most ?? _most)) return false;
            _work.Enqueue(work);
            Monitor.Pulse(_gate);
        }

        return true;
    }

    /// <summary>Runs a function that may throw; null when it is refused.</summary>
    public Task<T>? TryRun<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTaken = TryPost(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return isTaken ? done.Task : null;
    }

    /// <summary>Takes no more work; the threads end when what waits is done.</summary>
    /// <param name="last">Done after all else.</param>
    public void Close(Action? last = null)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            if (last is not null) _work.Enqueue(last);
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            Action? work;
            bool isLast;
            lock (_gate)
            {
                while (!_work.TryDequeue(out work) && !_isClosed) Monitor.Wait(_gate);
                isLast = _work.Count == 0;
            }

            if (work is null) break;
            work();
            if (isLast) _idle?.Invoke();
        }

        if (Interlocked.Decrement(ref _running) == 0) _over.SetResult();
    }
}
