namespace Gateway.Connections.Receiving;

/// <summary>
/// Sees to it that no thread of a <see cref="SocketPoller"/> is held up for long by one request while others wait behind it: it looks at all of them every few milliseconds, as long as any of them has something to do.
/// </summary>
/// <remarks>
/// While nothing happens it sleeps, and whoever takes an event wakes it. That no event is overlooked on the way to sleep: it says that it sleeps before it looks whether somebody serves, and they say that they serve before they look whether it sleeps, both through
/// the poller's lock.
/// </remarks>
internal sealed class PollerWatch
{
    /// <summary>A hit takes some 10 µs, the longest rewriting some milliseconds; a thread that waits for the processor is no reason either.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private const int LooksBeforeSleep = 50;

    private readonly object _sleep = new();
    private SocketPoller[] _pollers = [];
    private volatile bool _isAsleep;
    private volatile bool _isEnded;

    /// <summary>Somebody who begins to serve has to call <see cref="Wake"/>.</summary>
    public bool IsAsleep => _isAsleep;

    public void Start(SocketPoller[] pollers)
    {
        _pollers = pollers;
        new Thread(Run) { IsBackground = true, Name = "Connections watch" }.UnsafeStart();
    }

    public void Wake()
    {
        lock (_sleep)
        {
            _isAsleep = false;
            Monitor.Pulse(_sleep);
        }
    }

    /// <summary>Ends the watch; nobody is relieved any more.</summary>
    public void End()
    {
        _isEnded = true;
        Wake();
    }

    private void Run()
    {
        var seen = new long[_pollers.Length];
        for (var quiet = 0; !_isEnded;)
        {
            quiet = Look(seen) ? 0 : quiet + 1;
            if (quiet < LooksBeforeSleep) Pause();
            else Sleep();
        }
    }

    /// <summary>Relieves who is held up; false where nothing has happened since the last look.</summary>
    private bool Look(long[] seen)
    {
        var isActive = false;
        for (var i = 0; i < seen.Length; i++)
        {
            var poller = _pollers[i];
            poller.Relieve(seen[i]);
            var served = poller.Served;
            isActive |= served != seen[i];
            seen[i] = served;
        }

        return isActive;
    }

    private void Pause()
    {
        lock (_sleep)
        {
            if (!_isEnded) Monitor.Wait(_sleep, Interval);
        }
    }

    private void Sleep()
    {
        _isAsleep = true;
        foreach (var poller in _pollers)
        {
            if (poller.IsServing) _isAsleep = false;
        }

        lock (_sleep)
        {
            while (_isAsleep && !_isEnded) Monitor.Wait(_sleep);
            _isAsleep = false;
        }

        Pause();
    }
}
