using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Gateway.Load.Links;

/// <summary>
/// One connection through a <see cref="ShapedProxy"/>. Either side's end ends both ways at once: a browser that drops a request closes, and bytes that are still in the queue
/// then are nobody's.
/// </summary>
internal sealed class ShapedConnection(Socket client, IPEndPoint target, IPAddress? from, bool isThin, RealTimeBottleneck link, TimeProvider time)
{
    /// <summary>A request head is below a kilobyte; a client that sends more than this before an answer waits.</summary>
    private const int MostChunksOnTheWayUp = 64;
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// What a slow line does not take waits at the server, as on a real one, and not in this relay: what the relay holds is acknowledged to the server before the client has it, and a server that goes by
    /// acknowledgements would take the line for a faster one. With 64 KiB a whole segment of sound was there at once.
    /// </summary>
    private const int WindowBytes = 8 * 1024;

    /// <summary>As on Ethernet. Loopback's own 64 KiB would not fit into the window, and the sender would wait for its probe timer (RFC 9293 §3.8.6.2.1).</summary>
    private const int SegmentBytes = 1448;

    private const int ProtocolTcp = 6;
    private const int TcpMaxSegment = 2;

    /// <summary>The sender may have to be woken to fill the window. What comes so soon was waiting at the server: the next request's answer is a round trip away.</summary>
    private static readonly TimeSpan Refill = TimeSpan.FromMilliseconds(5);

    /// <summary>So long at most: a server that sends more slowly than the line would otherwise save up what the line could have carried.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(50);

    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = isThin ? WindowBytes : BufferBytes };
        if (isThin && OperatingSystem.IsLinux()) upstream.SetRawSocketOption(ProtocolTcp, TcpMaxSegment, BitConverter.GetBytes(SegmentBytes));
        using var downstream = client;
        client.NoDelay = true;
        try
        {
            if (from is not null) upstream.Bind(new IPEndPoint(from, 0));
            await upstream.ConnectAsync(target, ending.Token);
        }
        catch (Exception e) when (IsEnd(e))
        {
            return;
        }

        var way = Channel.CreateBounded<(ReadOnlyMemory<byte> Bytes, long DueAt)>(MostChunksOnTheWayUp);
        Task[] ways = [ListenAsync(way.Writer, ending.Token), RiseAsync(upstream, way.Reader, ending.Token), FallAsync(upstream, ending.Token)];
        await Task.WhenAny(ways);
        await ending.CancelAsync();
        await Task.WhenAll(ways);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static bool IsEnd(Exception e) => e is OperationCanceledException or SocketException or ObjectDisposedException or ChannelClosedException;

    private async Task ListenAsync(ChannelWriter<(ReadOnlyMemory<byte>, long)> way, CancellationToken ending)
    {
        var buffer = new byte[4096];
        var acceptedAt = time.GetTimestamp();
        try
        {
            while (await client.ReceiveAsync(buffer, ending) is var read and > 0)
            {
                link.Begin();
                var connecting = Max(link.Options.ConnectRoundTrips * link.Options.RoundTrip - time.GetElapsedTime(acceptedAt), TimeSpan.Zero);
                var due = time.GetTimestamp() + (long)((connecting + link.Options.RoundTrip).TotalSeconds * time.TimestampFrequency);
                await way.WriteAsync((buffer.AsMemory(0, read).ToArray(), due), ending);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Over, whichever side it was.
        }
    }

    private async Task RiseAsync(Socket upstream, ChannelReader<(ReadOnlyMemory<byte> Bytes, long DueAt)> way, CancellationToken ending)
    {
        try
        {
            await foreach (var (bytes, dueAt) in way.ReadAllAsync(ending))
            {
                var wait = time.GetElapsedTime(time.GetTimestamp(), dueAt);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, time, ending);
                await SendAllAsync(upstream, bytes, ending);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Over, whichever side it was.
        }
    }

    private async Task FallAsync(Socket upstream, CancellationToken ending)
    {
        var flow = link.Open();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                var reading = upstream.ReceiveAsync(buffer.AsMemory(0, isThin ? link.PortionOf(BufferBytes) : BufferBytes), ending);
                var waiting = reading.IsCompleted;
                var emptyAt = time.GetTimestamp();
                var read = await reading;
                TimeSpan? most = waiting ? null : Late;
                waiting |= isThin && time.GetElapsedTime(emptyAt) < Refill;
                if (read == 0) return;
                for (var sent = 0; sent < read;)
                {
                    var passed = await flow.PassAsync(read - sent, waiting, ending, most);
                    await SendAllAsync(client, buffer.AsMemory(sent, passed), ending);
                    (sent, waiting, most) = (sent + passed, true, null);
                }
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Over, whichever side it was.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken ending)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, ending)..];
    }
}
