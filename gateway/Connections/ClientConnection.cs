using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Connections;

/// <summary>
/// One client's connection, seen from outside of TLS and HTTP: what was handed to its transport, and what the client's end has taken of it. Where the system tells
/// (<see cref="TcpProgress"/>), taken is what the client acknowledged; elsewhere it is what the transport's buffer had room for.
/// </summary>
/// <remarks>The connection's writer hands over, one call at a time. Everything else belongs to the review, which runs once at a time.</remarks>
internal sealed class ClientConnection
{
    private readonly ConnectionContext _connection;
    private readonly Socket? _socket;
    private long _handed;
    private long _accepted;
    private volatile bool _isLeft;

    // The review's.
    private long _taken;
    private long _movedAt;
    private long _behindSince;
    private long _takenBefore;

    public ConnectionContext Context => _connection;

    public ClientConnection(ConnectionContext connection)
    {
        _connection = connection;
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (_socket is not null && !TcpProgress.TryRead(_socket, out _)) _socket = null;
    }

    /// <summary>The system tells what the client has taken, so the writer need not.</summary>
    public bool IsTold => _socket is not null;

    /// <summary>Bytes handed over that the client has not taken, as of the last review.</summary>
    public long Waiting { get; private set; }

    /// <summary>Bytes a second that the client took since it fell behind; as of the last review.</summary>
    public double Rate { get; private set; }

    /// <summary>How long it has been behind; as of the last review.</summary>
    public TimeSpan Behind { get; private set; }

    /// <summary>It has been behind for so long, and at its rate what waits for it will be held for so long again.</summary>
    public bool HoldsLongerThan(TimeSpan time) => Behind >= time && Waiting > Rate * time.TotalSeconds;

    /// <summary>How long it has taken nothing although something waits; as of the last review.</summary>
    public TimeSpan StandsStill { get; private set; }

    /// <summary>The transport is about to get everything up to here.</summary>
    /// <param name="total">Bytes since the connection began.</param>
    public void Handed(long total) => Volatile.Write(ref _handed, total);

    /// <summary>The transport's buffer had room for all that was handed over.</summary>
    public void Accepted() => Volatile.Write(ref _accepted, Volatile.Read(ref _handed));

    /// <summary>HTTP is done with it; the transport may still be sending.</summary>
    public void Left() => _isLeft = true;

    /// <summary>Looks how far the client has come; false when the connection is over.</summary>
    public bool Review(long now, TimeProvider time)
    {
        // In this order: what is taken was handed before.
        if (!TryReadTaken(out var taken)) return false;
        Waiting = Math.Max(0, Volatile.Read(ref _handed) - taken);
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
        // Who has just fallen behind has shown nothing yet.
        Rate = Behind > TimeSpan.Zero ? (taken - _takenBefore) / Behind.TotalSeconds : double.MaxValue;
        return true;
    }

    public void Abort(string why) => _connection.Abort(new ConnectionAbortedException(why));

    private bool TryReadTaken(out long taken)
    {
        taken = Volatile.Read(ref _accepted);
        if (_socket is null) return !_isLeft;
        // Nothing was handed over since the client was level with us: the usual state of a connection, which costs no call.
        if (Waiting == 0 && Volatile.Read(ref _handed) == _taken && !_isLeft)
        {
            taken = _taken;
            return true;
        }

        try
        {
            return TcpProgress.TryRead(_socket, out taken);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
