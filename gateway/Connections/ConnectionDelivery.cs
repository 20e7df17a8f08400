using System.Net.Sockets;

namespace Gateway.Connections;

/// <summary>
/// Measures how fast a client takes what a direct TCP connection carries, and slows the connection where that is wanted. Measured are bytes that the client has acknowledged over the time in which
/// some were on the way: neither the gateway's copying nor the kernel's buffers count, and pauses between responses do not either.
/// </summary>
/// <remarks>
/// A response's bytes are mostly still on the way when HTTP is done with it, so what is acknowledged later counts for whoever was served last: the reading is told to that one when the connection
/// serves again, when the review comes by, or during a long response. Requests of HTTP/2 share a connection, hence the lock; it covers field work and one system call. Listeners are called outside
/// of it.
/// </remarks>
internal sealed class ConnectionDelivery(Socket socket, TimeProvider time)
{
    /// <summary>Fewer bytes say more of the round trip than of the line, unless it took <see cref="Slow"/> for them: a response of so few is left out, and no two of them are put together.</summary>
    private const long LeastBytes = 32 << 10;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>The system's clock for it ticks every few milliseconds: what is shorter counts as this, so that a fast line is known to be fast, and not how fast.</summary>
    private static readonly TimeSpan LeastBusy = TimeSpan.FromMilliseconds(10);

    /// <summary>What did not come to a reading in this time is forgotten: it tells of another moment.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private TcpReading _before;
    private long _beforeAt;
    private long _pace;
    private bool _isPaced;
    private Action<DeliveryReading>? _listener;

    /// <summary>Begins to serve a request: what was delivered so far is told to the listener before, what comes is told to this one.</summary>
    /// <param name="listener">Null for a response that nobody wants measured.</param>
    public void Begin(Action<DeliveryReading>? listener)
    {
        Action<DeliveryReading>? before;
        DeliveryReading reading;
        lock (_lock)
        {
            if (listener is null && _listener is null) return;
            before = _listener;
            reading = TakeUnderLock(begins: true);
            if (before is null) reading = default;
            _listener = listener;
        }

        if (reading.Busy > TimeSpan.Zero) before?.Invoke(reading);
    }

    /// <summary>Tells what was delivered since the last reading, if that is enough for one.</summary>
    public void Tell()
    {
        Action<DeliveryReading>? listener;
        DeliveryReading reading;
        lock (_lock)
        {
            listener = _listener;
            if (listener is null) return;
            reading = TakeUnderLock(begins: false);
        }

        if (reading.Busy > TimeSpan.Zero) listener(reading);
    }

    /// <summary>Limits what the kernel sends on the connection; readings tell that it was limited.</summary>
    /// <param name="bytesPerSecond">0 = no limit.</param>
    /// <returns>Whether the system does that.</returns>
    public bool TryPace(long bytesPerSecond)
    {
        lock (_lock)
        {
            if (_pace == bytesPerSecond) return true;
            try
            {
                if (!TcpProgress.TryPace(socket, bytesPerSecond)) return false;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }

            _pace = bytesPerSecond;
            _isPaced |= bytesPerSecond > 0;
            return true;
        }
    }

    private DeliveryReading TakeUnderLock(bool begins)
    {
        TcpReading now;
        try
        {
            if (!TcpProgress.TryRead(socket, out now)) return default;
        }
        catch (ObjectDisposedException)
        {
            return default;
        }

        var at = time.GetTimestamp();
        var bytes = now.Acknowledged - _before.Acknowledged;
        var busy = now.Busy - _before.Busy;
        var isEnough = busy >= Slow || bytes >= LeastBytes;
        var reading = isEnough ? new DeliveryReading(bytes, busy > LeastBusy ? busy : LeastBusy, time.GetElapsedTime(_beforeAt, at), now.Rtt, now.Rate, _isPaced) : default;
        if (!isEnough && !begins && time.GetElapsedTime(_beforeAt, at) < Oldest) return default;
        (_before, _beforeAt) = (now, at);
        _isPaced = _pace > 0;
        return reading;
    }
}
