using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Connections.Sending;

/// <summary>
/// The output of a TCP connection: a flush hands its pieces to the kernel in one call, from the thread that flushes. Only where the kernel's buffer is full does it wait, until the connection's poller tells that there is space (<see cref="OnEvent"/>), and goes on
/// there. A piece is given back as soon as the kernel has it, so a slow client keeps its blocks no longer than it needs them, and a cut ends the wait. What waits in large blocks that it does not fill waits in small ones.
/// </summary>
/// <param name="socket">Nobody else sends on it.</param>
/// <param name="connection">Is aborted when a send fails: the receiving side may be paused and not hear of it.</param>
/// <param name="pool">Blocks to copy into.</param>
/// <param name="waiting">Smaller blocks, for what has to wait.</param>
/// <param name="metrics">Counts what was sent.</param>
internal sealed class SocketOutput(Socket socket, ConnectionContext connection, MemoryPool<byte> pool, MemoryPool<byte> waiting, ConnectionMetrics metrics) : ConnectionOutput(pool, metrics)
{
    /// <summary>Of the smaller blocks: a record of TLS with what is around it, and the head of an answer before it.</summary>
    public const int WaitingBlock = 17 << 10;

    /// <summary>A gathered send of more gains nothing.</summary>
    private const int MostGathered = 256 << 10;

    /// <summary>A record of TLS: what is gathered on a connection of which nothing is known, or that the kernel has just refused something.</summary>
    private const int LeastGathered = 16 << 10;

    private readonly SpaceSignal _space = new();

    // Doubles with each send that goes through, so that what the kernel refuses is not much more than what it took before.
    private int _mostTaken = LeastGathered;

    /// <summary>
    /// Another output writes through this one, in small pieces (TLS: records of 16 KiB): flushes only gather them, up to a bound, until this is false again.
    /// </summary>
    public bool Gathers { get; set; }

    /// <summary>
    /// Bytes that the kernel would take at the moment, as far as they are worth gathering for one send; 0 also where the connection is gone. What a socket has room for is not enough to know: the kernel refuses it when all sockets together
    /// hold much, which is when thousands of clients are behind.
    /// </summary>
    public int Room()
    {
        try
        {
            if (!TcpSend.TryReadBuffer(socket.SafeHandle, out var size, out var queued)) return _mostTaken;
            return (int)Math.Clamp((long)size - queued, 0, _mostTaken);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>The socket has space again, or is at its end, or was closed.</summary>
    /// <param name="runsHere">Whether a flush that waits goes on within this call, or in the pool.</param>
    public void OnEvent(bool runsHere) => _space.Set(runsHere);

    /// <summary>The output above cannot go on: nothing may be sent any more.</summary>
    public void Cut() => Break();

    protected override bool MayWait => Gathers && Pieces.Bytes < MostGathered;

    protected override ValueTask SendAsync(CancellationToken cancellation)
    {
        var bytes = Pieces.Bytes;
        if (!TrySend())
        {
            _mostTaken = LeastGathered;
            return WaitAsync(cancellation);
        }

        if (bytes >= _mostTaken) _mostTaken = Math.Min(2 * _mostTaken, MostGathered);
        return default;
    }

    protected override void Break()
    {
        if (IsBroken) return;
        base.Break();
        connection.Abort(new ConnectionAbortedException("The connection broke while it was sent to."));
    }

    /// <summary>Sends until everything is out or the connection is broken; false where the kernel takes no more at the moment.</summary>
    private bool TrySend()
    {
        try
        {
            while (!Pieces.IsEmpty)
            {
                var sent = TcpSend.Send(socket.SafeHandle, Pieces.Waiting);
                if (sent == 0) return false;
                if (sent > 0) Pieces.Take(sent);
                else
                {
                    Break();
                    return true;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            Break();
        }

        return true;
    }

    private async ValueTask WaitAsync(CancellationToken cancellation)
    {
        Pieces.Move(waiting);
        await using var cancelling = cancellation.UnsafeRegister(static output => ((SocketOutput)output!).OnEvent(runsHere: false), this);
        do
        {
            await _space.WaitAsync();
            cancellation.ThrowIfCancellationRequested();
        }
        while (!TrySend());
    }
}
