namespace Gateway.Connections.Receiving;

/// <summary>A <see cref="SocketPoller"/> for each core. They begin with the first address that is listened at.</summary>
internal sealed class SocketPollers(ILogger<SocketPollers> log) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PollerWatch _watch = new();
    private SocketPoller[] _pollers = [];
    private bool _isEnded;
    private uint _next;

    /// <summary>Starts the threads, unless they run.</summary>
    /// <exception cref="ObjectDisposedException">The gateway ends.</exception>
    public void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isEnded, this);
            if (_pollers.Length > 0) return;
            var pollers = new SocketPoller[Environment.ProcessorCount];
            for (var i = 0; i < pollers.Length; i++) pollers[i] = new SocketPoller(_watch, i, log);
            _watch.Start(pollers);
            _pollers = pollers;
        }
    }

    /// <summary>The poller for the next connection, in turn.</summary>
    public SocketPoller Next() => _pollers[Interlocked.Increment(ref _next) % (uint)_pollers.Length];

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isEnded) return;
            _isEnded = true;
            foreach (var poller in _pollers) poller.Dispose();
            _watch.End();
        }
    }
}
