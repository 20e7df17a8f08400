using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Benchmarks.Peers;

namespace Gateway.Benchmarks;

/// <summary>
/// What connections of clients cost in memory, thousands of them at once: idle ones, idle ones that have been served, and those of viewers who are owed the rest of a megabyte and take none of it for the moment. The gateway is a process
/// of its own; what it holds is what is resident, and what the kernel holds for sockets is both ends of each, ours included.
/// </summary>
internal static class SlowViewers
{
    public const int Viewers = 10_000;

    private const int AtOnce = 64;

    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(int viewers)
    {
        await using var peers = await PeerSet.StartAsync();
        Console.WriteLine($"| {viewers.ToString("N0", CultureInfo.InvariantCulture)} connections | resident, KiB each | kernel, KiB each |\n| --- | --- | --- |");
        foreach (var (way, peer) in new[] { ("plain", peers.Plain[0]), ("TLS", peers.Tls[0]) })
        {
            // What the first of all leave behind (compiled code, pools) is no cost of a connection.
            await MeasureAsync(way, peer, viewers / 10, tells: false);
            await MeasureAsync(way, peer, viewers, tells: true);
        }
    }

    private static async Task MeasureAsync(string way, Peer peer, int viewers, bool tells)
    {
        var (small, large) = (HttpReader.RequestFor(peer.UrlOf("seg_2k.ts")), HttpReader.RequestFor(peer.UrlOf("seg_1m.ts")));
        await Task.Delay(s_settling, TimeProvider.System);
        var (resident, kernel) = (peer.Server.Resident(), KernelBytes());
        var sockets = new Stream[viewers];
        try
        {
            await ForAllAsync(viewers, async i => sockets[i] = await ConnectAsync(peer.UrlOf("")));
            await TellAsync("idle, nothing asked");
            await ForAllAsync(viewers, async i => await AskAsync(sockets[i], small, 2 << 10));
            await TellAsync("idle between two requests");
            await ForAllAsync(viewers, async i => await AskAsync(sockets[i], large, 1));
            await TellAsync("owed the rest of 1 MiB, reading nothing");
        }
        finally
        {
            foreach (var socket in sockets) if (socket is not null) await socket.DisposeAsync();
        }

        async Task TellAsync(string what)
        {
            await Task.Delay(s_settling, TimeProvider.System);
            if (tells) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {way}, {what} | {(peer.Server.Resident() - resident) / 1024.0 / viewers:0.0} | {(KernelBytes() - kernel) / 1024.0 / viewers:0.0} |"));
        }
    }

    private static Task ForAllAsync(int count, Func<int, ValueTask> work) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, (i, _) => work(i));

    private static async Task<Stream> ConnectAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 << 10 };
        await socket.ConnectAsync(url.Host, url.Port);
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (url.Scheme != Uri.UriSchemeHttps) return stream;
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, HttpReader.TakesAny);
        await tls.AuthenticateAsClientAsync("localhost");
        return tls;
    }

    /// <summary>Sends a request and reads its answer until so much of the body is there; of what is not read the client wants nothing yet.</summary>
    private static async Task AskAsync(Stream stream, byte[] request, int body)
    {
        var buffer = new byte[4 << 10];
        await stream.WriteAsync(request);
        for (int read = 0, end = int.MaxValue; read < end;)
        {
            var got = await stream.ReadAsync(buffer.AsMemory(read, Math.Min(buffer.Length, end) - read));
            if (got == 0) throw new InvalidOperationException("The gateway closed the connection.");
            read += got;
            if (end == int.MaxValue && buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8) is >= 0 and var head) end = head + 4 + body;
        }
    }

    /// <summary>Of all TCP sockets of this machine.</summary>
    private static long KernelBytes()
    {
        var words = File.ReadLines("/proc/net/sockstat").First(l => l.StartsWith("TCP:", StringComparison.Ordinal)).Split(' ');
        return long.Parse(words[Array.IndexOf(words, "mem") + 1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
