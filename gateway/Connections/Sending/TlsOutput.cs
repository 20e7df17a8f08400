using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Gateway.Connections.Sending;

/// <summary>
/// The output above TLS: pieces are encrypted from where they lie, and the records gathered below until a flush's last one, so that there is neither a copy of the plain bytes nor a send for each record. A lent piece is released when it is
/// encrypted.
/// </summary>
/// <param name="stream">TLS over <paramref name="below"/>; nobody else writes to it.</param>
/// <param name="below">The connection's output.</param>
/// <param name="pool">Blocks to copy into.</param>
/// <param name="metrics">Counts what was sent, before encryption.</param>
internal sealed class TlsOutput(SslStream stream, SocketOutput below, MemoryPool<byte> pool, ConnectionMetrics metrics) : ConnectionOutput(pool, metrics)
{
    protected override async ValueTask SendAsync(CancellationToken cancellation)
    {
        below.Gathers = true;
        try
        {
            while (!Pieces.IsEmpty && !below.IsBroken)
            {
                var next = Pieces.Waiting[0].Left;
                await stream.WriteAsync(next, cancellation);
                Pieces.Take(next.Length);
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
