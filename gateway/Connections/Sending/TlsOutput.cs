using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Gateway.Connections.Sending;

/// <summary>
/// The output above TLS: pieces are encrypted from where they lie, and the records gathered below, so that there is neither a copy of the plain bytes nor a send for each record. A lent piece is released when it is encrypted.
/// <para>
/// What is encrypted waits in blocks of the gateway's own, what is not waits where it lies. So no more is encrypted for one send than the kernel has room for: of a client that takes nothing a record or two are held, and not a flush.
/// </para>
/// </summary>
/// <param name="stream">TLS over <paramref name="below"/>; nobody else writes to it.</param>
/// <param name="below">The connection's output.</param>
/// <param name="pool">Blocks to copy into.</param>
/// <param name="metrics">Counts what was sent, before encryption.</param>
internal sealed class TlsOutput(SslStream stream, SocketOutput below, MemoryPool<byte> pool, ConnectionMetrics metrics) : ConnectionOutput(pool, metrics)
{
    /// <summary>The most plain bytes of a record (RFC 8446, 5.1). Fewer for one send would cost more than they keep from waiting.</summary>
    private const int Record = 16 << 10;

    protected override async ValueTask SendAsync(CancellationToken cancellation)
    {
        below.Gathers = true;
        try
        {
            // A small answer is one record, whatever the room.
            var most = Pieces.Bytes <= Record ? Record : Math.Max(below.Room(), Record);
            while (!Pieces.IsEmpty && !below.IsBroken)
            {
                if (below.UnflushedBytes >= most)
                {
                    below.Gathers = false;
                    await below.FlushAsync(cancellation);
                    below.Gathers = true;
                    most = Math.Max(below.Room(), Record);
                    continue;
                }

                var next = Pieces.Waiting[0].Left;
                var now = Math.Min(next.Length, Math.Max(most - (int)below.UnflushedBytes, Record));
                await stream.WriteAsync(next[..now], cancellation);
                Pieces.Take(now);
            }

            below.Gathers = false;
            await below.FlushAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Break();
        }
        finally
        {
            below.Gathers = false;
        }

        if (below.IsBroken) Break();
    }

    /// <summary>The connection goes with it: the client would wait for the rest for ever.</summary>
    protected override void Break()
    {
        base.Break();
        below.Cut();
    }
}
