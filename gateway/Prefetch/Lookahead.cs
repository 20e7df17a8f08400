namespace Gateway.Prefetch;

/// <summary>
/// The prefetches of one session: for each of its tracked positions a window of shares in <see cref="PrefetchItem"/>s. A caller that takes a window out owns its shares, so that two
/// requests at once never give one share back twice.
/// </summary>
internal sealed class Lookahead
{
    private readonly Lock _lock = new();
    private PrefetchItem[]?[]? _windows;
    private PrefetchScheduler? _scheduler;
    private bool _ended;
    private int _running;

    /// <summary>The title for which the session's bytes count; null where it is not known, and then each folder counts by itself.</summary>
    public string? Title { get; set; }

    /// <summary>Counts one more fetch for this session; false when it has its limit already.</summary>
    public bool TryRun(int most)
    {
        while (true)
        {
            var running = Volatile.Read(ref _running);
            if (running >= most) return false;
            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running) return true;
        }
    }

    public void EndRun() => Interlocked.Decrement(ref _running);

    /// <summary>Takes a position's window out.</summary>
    public PrefetchItem[] Take(int slot)
    {
        lock (_lock)
        {
            if (_windows?[slot] is not { } window) return [];
            _windows[slot] = null;
            return window;
        }
    }

    /// <summary>Puts a window in.</summary>
    /// <returns>The shares that are now to be given back: of a window that another request put in meanwhile, or of this one when the session is over.</returns>
    public PrefetchItem[] Put(int slot, PrefetchItem[] window, PrefetchScheduler scheduler)
    {
        lock (_lock)
        {
            if (_ended) return window;
            _scheduler = scheduler;
            _windows ??= new PrefetchItem[]?[TrackedPositions.Max];
            var before = _windows[slot];
            _windows[slot] = window;
            return before ?? [];
        }
    }

    /// <summary>Gives every share back; a prefetch that no other session wants is given up.</summary>
    public void Clear()
    {
        PrefetchItem[]?[] windows;
        lock (_lock)
        {
            if (_windows is null) return;
            windows = _windows;
            _windows = null;
        }

        foreach (var window in windows)
        {
            if (window is not null) _scheduler!.GiveBack(window);
        }
    }

    /// <summary>The same, for good.</summary>
    public void End()
    {
        lock (_lock) _ended = true;
        Clear();
    }
}
