using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Connections.Sending;

/// <summary>
/// The output of a TCP connection: a flush hands its pieces to the kernel in one call, from the thread that flushes. Only where the kernel's buffer is full does it wait, by a send of the runtime's, which is the one way to wait for space;
/// that send holds the piece until the kernel has it or the socket is closed, so a slow client keeps its blocks no longer than it needs them, and a cut ends the wait.
/// </summary>
/// <param name="socket">Nobody else sends on it.</param>
/// <param name="connection">Is aborted when a send fails: the receiving side may be paused and not hear of it.</param>
/// <param name="pool">Blocks to copy into.</param>
/// <param name="metrics">Counts what was sent.</param>
internal sealed class SocketOutput(Socket socket, ConnectionContext connection, MemoryPool<byte> pool, ConnectionMetrics metrics) : ConnectionOutput(pool, metrics)
{
    /// <summary>A waiting send of more would end later, and hold its block as long.</summary>
    private const int MostWaiting = 64 << 10;

    /// <summary>A gathered send of more gains nothing.</summary>
    private const int MostGathered = 256 << 10;

    /// <summary>
    /// Another output writes through this one, in small pieces (TLS: records of 16 KiB): flushes only gather them, up to a bound, until this is false again.
    /// </summary>
    public bool Gathers { get; set; }

    /// <summary>The output above cannot go on: nothing may be sent any more.</summary>
    public void Cut() => Break();

    protected override bool MayWait => Gathers && Pieces.Bytes < MostGathered;

    protected override ValueTask SendAsync(CancellationToken cancellation) => TrySend() ? default : WaitAsync(cancellation);

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
        try
        {
            do
            {
                var next = Pieces.Waiting[0].Left;
                var sent = await socket.SendAsync(next.Length > MostWaiting ? next[..MostWaiting] : next, SocketFlags.None, cancellation);
                Pieces.Take(sent);
            }
            while (!TrySend());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Break();
        }
    }
}
