using System.Net.Sockets;
using Gateway.Connections.Sending;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Connections;

/// <summary>
/// One client's connection below TLS and HTTP: the bytes handed to its transport, and those that the client has taken. Where the system counts
/// (<see cref="TcpProgress"/>), taken means acknowledged by the client; elsewhere it means accepted into the transport's buffer.
/// </summary>
/// <remarks>The connection's writer hands over, one call at a time. Everything else belongs to the review, which runs once at a time.</remarks>
internal sealed class ClientConnection
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>A client that takes a byte now and then would be asked after a hundred times a second for as long as it likes.</summary>
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(20);

    private readonly ConnectionContext _connection;
    private readonly Socket? _socket;
    private readonly ConnectionDelivery? _delivery;
    private long _handed;
    private long _accepted;
    private volatile bool _isLeft;

    // Written by the review alone.
    private long _taken;
    private long _movedAt;
    private long _behindSince;
    private long _takenBefore;

    public ConnectionContext Context => _connection;

    public ClientConnection(ConnectionContext connection, TimeProvider time)
    {
        _connection = connection;
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (_socket is null) return;
        if (!TcpProgress.TryRead(_socket, out _)) _socket = null;
        else _delivery = new ConnectionDelivery(_socket, time);
    }

    /// <summary>How fast the peer takes what it gets; null where the system does not tell.</summary>
    public ConnectionDelivery? Delivery => _delivery;

    /// <summary>The system counts what the client has taken, so the writer need not.</summary>
    public bool IsTold => _socket is not null;

    /// <summary>The socket where <see cref="IsTold"/>, else null.</summary>
    public Socket? Socket => _socket;

    /// <summary>Where HTTP writes to, as far as that takes lent blocks; null where the transport sends by itself.</summary>
    public ConnectionOutput? Output { get; set; }

    /// <summary>Bytes handed over that the client has not taken, as of the last review.</summary>
    public long Waiting { get; private set; }

    /// <summary>Bytes a second that the client took since it fell behind; as of the last review.</summary>
    public double Rate { get; private set; }

    /// <summary>How long the client has been behind; as of the last review.</summary>
    public TimeSpan Behind { get; private set; }

    /// <summary>The client has been behind for that long, and at its rate the waiting bytes will be held for as long again.</summary>
    public bool HoldsLongerThan(TimeSpan time) => Behind >= time && Waiting > Rate * time.TotalSeconds;

    /// <summary>How long the client has taken nothing although something waits; as of the last review.</summary>
    public TimeSpan StandsStill { get; private set; }

    /// <summary>The transport is about to get the bytes up to this total.</summary>
    /// <param name="total">Bytes since the connection began.</param>
    public void Handed(long total) => Volatile.Write(ref _handed, total);

    /// <summary>The transport's buffer took all that was handed over.</summary>
    public void Accepted() => Volatile.Write(ref _accepted, Volatile.Read(ref _handed));

    /// <summary>HTTP is done with the connection; the transport may still be sending.</summary>
    public void Left() => _isLeft = true;

    /// <summary>HTTP is about to end the connection: a client that closes has taken what it wanted, and a little later the socket can no longer be asked.</summary>
    public void Ending() => _delivery?.Tell();

    /// <summary>
    /// Waits until the client has taken everything, or nothing more for a while: a connection that is closed after its response would take with it what it has to tell.
    /// </summary>
    public async ValueTask DrainAsync(TimeProvider time, CancellationToken leaving)
    {
        if (_socket is null || _delivery is null) return;
        var began = time.GetTimestamp();
        var movedAt = began;
        for (var before = -1L; time.GetElapsedTime(began) < LongestDrain && TryAcknowledged(out var taken) && taken < Volatile.Read(ref _handed);)
        {
            if (taken != before) (before, movedAt) = (taken, time.GetTimestamp());
            else if (time.GetElapsedTime(movedAt) > LongestPause) break;
            await Task.Delay(Glance, time, leaving);
        }

        _delivery.Tell();
    }

    /// <summary>Measures how far the client has come; false when the connection is over.</summary>
    public bool Review(long now, TimeProvider time)
    {
        // Taken is read before handed: otherwise it could be the larger of the two.
        if (!TryReadTaken(out var taken)) return false;
        Waiting = Math.Max(0, Volatile.Read(ref _handed) - taken);
        if (Waiting > 0 || taken != _taken) _delivery?.Tell();
        if (Waiting == 0)
        {
            _behindSince = 0;
            (_taken, StandsStill, Behind, Rate) = (taken, TimeSpan.Zero, TimeSpan.Zero, 0);
            return !_isLeft;
        }

        if (_behindSince == 0)
        {
            _behindSince = _movedAt = now;
            _takenBefore = taken;
        }
        else if (taken != _taken)
        {
            _movedAt = now;
        }

        _taken = taken;
        StandsStill = time.GetElapsedTime(_movedAt, now);
        Behind = time.GetElapsedTime(_behindSince, now);
        // A client that has just fallen behind has no rate yet.
        Rate = Behind > TimeSpan.Zero ? (taken - _takenBefore) / Behind.TotalSeconds : double.MaxValue;
        return true;
    }

    public void Abort(string why) => _connection.Abort(new ConnectionAbortedException(why));

    private bool TryAcknowledged(out long taken)
    {
        taken = 0;
        try
        {
            if (!TcpProgress.TryRead(_socket!, out var reading)) return false;
            taken = reading.Acknowledged;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private bool TryReadTaken(out long taken)
    {
        taken = Volatile.Read(ref _accepted);
        if (_socket is null) return !_isLeft;
        // Nothing was handed over since the client had taken everything: the usual state of a connection, which costs no system call.
        if (Waiting == 0 && Volatile.Read(ref _handed) == _taken && !_isLeft)
        {
            taken = _taken;
            return true;
        }

        return TryAcknowledged(out taken);
    }
}
