using System.Collections.Concurrent;

namespace Gateway.Connections.Receiving;

/// <summary>
/// A share of the clients' connections, and the thread that waits for them: it takes one event after the other and runs what that connection was waiting for, which for a hit is the whole request up to its last byte. So nobody has to be woken for it.
/// <para>
/// <b>One thread at a time.</b> The thread whose <c>_turn</c> it is takes events, from the batch of the last wait and then from the kernel. No other thread does, so a socket's events keep their order.
/// </para>
/// <para>
/// <b>A thread that is held up</b> (a rewriting of ten thousand lines, a disk that does not answer) would hold up all others' connections. The <see cref="PollerWatch"/> sees that the same event has been served since it looked last and gives the turn,
/// with what is left of the batch, to a new thread. The old one ends when it is through. That the turn is not given away during a wait for the kernel, nor twice, is what the lock is for: it can only be while an event is served.
/// </para>
/// </summary>
internal sealed partial class SocketPoller : IDisposable
{
    private const int MostEvents = 64;

    /// <summary>Threads held up at a time; with so many the rest of the share has to wait.</summary>
    private const int MostThreads = 64;

    private readonly EventQueue _queue = new();
    private readonly ConcurrentDictionary<long, TcpConnection> _connections = new();
    private readonly SocketEvent[] _events = new SocketEvent[MostEvents];
    private readonly PollerWatch _watch;
    private readonly ILogger _log;
    private readonly string _name;
    private readonly Lock _lock = new();
    private long _lastKey;
    private int _next;
    private int _count;
    private int _turn;
    private int _threads;
    private bool _isServing;
    private bool _isEnded;

    public SocketPoller(PollerWatch watch, int number, ILogger log)
    {
        (_watch, _log, _name) = (watch, log, $"Connections {number}");
        lock (_lock) StartUnderLock();
    }

    /// <summary>Events begun: what has not moved since the last look while <see cref="IsServing"/> is held up.</summary>
    public long Served { get; private set; }

    /// <summary>Whether an event is being served at the moment.</summary>
    public bool IsServing
    {
        get
        {
            lock (_lock) return _isServing;
        }
    }

    /// <summary>Tells the connection what becomes true of its socket, until <see cref="Remove"/>.</summary>
    /// <returns>Its key here.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel watches no further socket.</exception>
    public long Add(TcpConnection connection)
    {
        var key = Interlocked.Increment(ref _lastKey);
        _connections[key] = connection;
        try
        {
            _queue.Add(connection.Socket.SafeHandle, key);
            return key;
        }
        catch
        {
            Remove(key);
            throw;
        }
    }

    public void Remove(long key) => _connections.TryRemove(key, out _);

    /// <summary>Gives the turn to another thread if the event that was served at a look is served still.</summary>
    /// <param name="served"><see cref="Served"/> at that look.</param>
    public void Relieve(long served)
    {
        lock (_lock)
        {
            if (!_isServing || Served != served || _threads >= MostThreads || _isEnded) return;
            try
            {
                StartUnderLock();
            }
            catch (OutOfMemoryException)
            {
                // The system has no thread, or no descriptor for one: the turn stays where it is, and the next look tries again.
                return;
            }

            _isServing = false;
        }

        Log.ThreadHeldUp(_log, _name);
    }

    /// <summary>Logs a fault of somebody who was told of a connection.</summary>
    public void Tell(Exception fault) => Log.ConnectionFailed(_log, fault);

    /// <summary>Ends the threads; what they serve at the moment they serve to its end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isEnded) return;
            _isEnded = true;
            // Under the lock: the last thread disposes of the queue.
            _queue.Wake();
            if (_threads == 0) _queue.Dispose();
        }
    }

    private void StartUnderLock()
    {
        // Its first step is to take the lock, so it begins behind what follows here.
        var turn = _turn + 1;
        new Thread(() => Run(turn)) { IsBackground = true, Name = _name }.UnsafeStart();
        _turn = turn;
        _threads++;
    }

    private void Run(int turn)
    {
        // What one request leaves with the thread must not come to the next one.
        var clean = ExecutionContext.Capture()!;
        while (TryNext(turn, out var next))
        {
            Serve(next);
            ExecutionContext.Restore(clean);
        }

        lock (_lock)
        {
            if (--_threads == 0 && _isEnded) _queue.Dispose();
        }
    }

    private bool TryNext(int turn, out SocketEvent next)
    {
        while (true)
        {
            lock (_lock)
            {
                next = default;
                if (_turn != turn) return false;
                _isServing = false;
                if (_isEnded) return false;
                if (_next < _count)
                {
                    next = _events[_next++];
                    _isServing = true;
                    Served++;
                    break;
                }
            }

            // Nothing is served, so the turn stays here, and with it the batch.
            _next = 0;
            _count = _queue.Wait(_events);
        }

        if (_watch.IsAsleep) _watch.Wake();
        return true;
    }

    private void Serve(SocketEvent told)
    {
        if (!_connections.TryGetValue(told.Key, out var connection)) return;
        try
        {
            connection.OnEvent(told.What);
        }
        catch (Exception e)
        {
            // What waits for a socket tells its faults to whoever waits for it; that one came through would end the thread, and with it the process.
            Tell(e);
            connection.Abort();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7101, LogLevel.Debug, "{Thread} is held up by one request; another thread goes on with the rest.", EventName = nameof(ThreadHeldUp))]
        public static partial void ThreadHeldUp(ILogger log, string thread);

        [LoggerMessage(7102, LogLevel.Error, "A connection's fault came through to where it is served from.", EventName = nameof(ConnectionFailed))]
        public static partial void ConnectionFailed(ILogger log, Exception exception);
    }
}
