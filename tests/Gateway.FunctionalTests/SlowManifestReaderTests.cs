using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests;

/// <summary>A client that asks for playlists and reads none of them, through real sockets.</summary>
public sealed class SlowManifestReaderTests
{
    /// <summary>Rewritten some 25 KB: large enough to be lent to the socket.</summary>
    private const int Segments = 120;

    /// <summary>More than the kernel takes for one connection.</summary>
    private const int PipelinedRequests = 400;

    private const int MostConnections = 200;

    private static readonly IPAddress Attacker = IPAddress.Parse("127.0.0.1"), Somebody = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task Playlists_ThatOneClientDoesNotRead_AreNotMissedByOthers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a second loopback address has to be set up.");
        await using var origin = await ScriptedOrigin.StartAsync();
        var list = Encoding.ASCII.GetBytes("#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + string.Concat(Enumerable.Range(0, Segments).Select(i => $"#EXTINF:2,\n{i}.ts\n")) + "#EXT-X-ENDLIST\n");
        origin.Answer = async context =>
        {
            context.Response.ContentType = "application/vnd.apple.mpegurl";
            context.Response.Headers.CacheControl = "max-age=3600";
            await context.Response.Body.WriteAsync(list);
        };
        await using var gateway = Program.Build(
            ["--urls=http://127.0.0.1:0", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin.Address}", "--Gateway:Telemetry:Events=Off", "--Gateway:Manifests:MemoryBytes=1048576", "--Gateway:Manifests:MaxRewrittenBytes=1048576", .. Patience.Knobs],
            builder => builder.Logging.ClearProviders());
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        var port = new Uri(gateway.Urls.Single()).Port;
        var readers = new List<Socket>();
        try
        {
            while (await StatusAsync(Attacker, port) != "503")
            {
                Assert.True(readers.Count < MostConnections, "The memory for manifests was never full.");
                var reader = await ConnectAsync(Attacker, port);
                readers.Add(reader);
                await reader.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /play/film/list.m3u8 HTTP/1.1\r\nHost: gateway\r\n\r\n", PipelinedRequests))));
            }

            Assert.Equal("200", await StatusAsync(Somebody, port));
        }
        finally
        {
            foreach (var reader in readers) reader.Dispose();
        }
    }

    private static async Task<Socket> ConnectAsync(IPAddress from, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task<string> StatusAsync(IPAddress from, int port)
    {
        using var socket = await ConnectAsync(from, port);
        await socket.SendAsync("GET /play/film/list.m3u8 HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"u8.ToArray());
        var line = new byte["HTTP/1.1 200".Length];
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(line).AsTask().WaitAsync(Patience.Deadline);
        return Encoding.ASCII.GetString(line)[^3..];
    }
}
