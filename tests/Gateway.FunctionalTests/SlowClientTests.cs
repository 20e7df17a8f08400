using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Connections;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests;

/// <summary>Clients on bad networks, through real sockets: who takes something is served to the last byte, who takes nothing is cut in the end.</summary>
public sealed class SlowClientTests : IAsyncDisposable
{
    /// <summary>More than a connection's buffers hold, with those of the kernel.</summary>
    private const int SegmentBytes = 12 << 20;

    /// <summary>Longer than a server's usual patience with a flush, five seconds and a beat of its clock.</summary>
    private static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan StalledClient = TimeSpan.FromMinutes(2);

    private readonly ManualTimeProvider _clock = ManualTimeProvider.FromNow();
    private readonly byte[] _segment = new byte[SegmentBytes];
    private readonly MeterListener _listener = new();
    private readonly string _certificate = Path.GetTempFileName();
    private ScriptedOrigin? _origin;
    private WebApplication? _gateway;
    private string _thumbprint = string.Empty;
    private readonly ConcurrentDictionary<string, long> _cut = new(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_origin is not null) await _origin.DisposeAsync();
        File.Delete(_certificate);
    }

    [Fact]
    public async Task Readers_AtTheRatesOfBadNetworks_GetAllTheirBytes()
    {
        await StartAsync();
        var readers = new List<Task>();
        foreach (var way in Enum.GetValues<Way>())
        {
            foreach (var rate in new[] { 10_000, 40_000, 100_000 }) readers.Add(ReadSlowlyAsync(way, rate));
        }

        await Task.WhenAll(readers);
        Assert.Equal((0, 0), (Cut("stalled"), Cut("memory")));
    }

    [Theory]
    [InlineData(Way.Plain)]
    [InlineData(Way.Tls)]
    [InlineData(Way.Http2)]
    public async Task Reader_PausedForAMinute_IsWaitedForAndOneThatNeverGoesOnIsCut(Way way)
    {
        await StartAsync();
        using var client = Client(way);
        using var pausing = await OpenAsync(client);
        await using var body = await pausing.Content.ReadAsStreamAsync();
        var got = new byte[SegmentBytes];
        await body.ReadExactlyAsync(got.AsMemory(0, 100_000));
        await UntilItStandsAsync();
        for (var second = 0; second < 60; second++) _clock.Advance(TimeSpan.FromSeconds(1));
        await body.ReadExactlyAsync(got.AsMemory(100_000));
        Assert.True(got.AsSpan().SequenceEqual(_segment));
        Assert.Equal(0, Cut("stalled"));

        using var leaving = await OpenAsync(client);
        await using var never = await leaving.Content.ReadAsStreamAsync();
        await never.ReadExactlyAsync(got.AsMemory(0, 100_000));
        await UntilItStandsAsync();
        await Patience.UntilAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(Cut("stalled") == 1);
        });
        await Assert.ThrowsAnyAsync<Exception>(async () => await never.ReadExactlyAsync(got.AsMemory(100_000)).AsTask().WaitAsync(Patience.Deadline));
    }

    [Fact]
    public async Task Stream_UnreadBesideOneThatIsRead_IsCutAlone()
    {
        await StartAsync();
        using var client = Client(Way.Http2);
        using var standing = await OpenAsync(client);
        await using var never = await standing.Content.ReadAsStreamAsync();
        var moved = 0L;
        await Patience.UntilAsync(async () =>
        {
            using var moving = await OpenAsync(client);
            moved += (await moving.Content.ReadAsByteArrayAsync()).Length;
            _clock.Advance(TimeSpan.FromSeconds(20));
            return Cut("stalled") > 0;
        });
        Assert.True(moved >= 6L * SegmentBytes);
        Assert.Equal(1, Cut("stalled"));
        using var after = await OpenAsync(client);
        Assert.True((await after.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(_segment));
        await Assert.ThrowsAnyAsync<Exception>(async () => await never.ReadExactlyAsync(new byte[SegmentBytes]).AsTask().WaitAsync(Patience.Deadline));
    }

    [Fact]
    public async Task MemoryShort_TheSlowestIsCut_AndTheOthersReadOn()
    {
        await StartAsync();
        var memory = _gateway!.Services.GetRequiredService<ConnectionMemory>();
        using var client = Client(Way.Plain);
        var answers = new List<HttpResponseMessage>();
        var bodies = new List<Stream>();
        var got = new byte[SegmentBytes];
        // The first takes least.
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await OpenAsync(client));
            bodies.Add(await answers[i].Content.ReadAsStreamAsync());
            await bodies[i].ReadExactlyAsync(got.AsMemory(0, 1000));
        }

        await UntilItStandsAsync();
        var connections = _gateway.Services.GetRequiredService<ClientConnections>();
        connections.Review();
        for (var i = 1; i < 3; i++) await bodies[i].ReadExactlyAsync(got.AsMemory(1000, i * 3_000_000));
        await UntilItStandsAsync();
        Assert.True(memory.Waiting > 3 * 128 << 10);
        memory.Missing = 1;
        connections.Review();
        Assert.Equal(0, Cut("memory"));
        memory.Missing = 0;
        for (var second = 0; second < 11; second++) _clock.Advance(TimeSpan.FromSeconds(1));

        // What is missing is so much that what they hold would not help.
        memory.Missing = 1L << 40;
        connections.Review();
        Assert.Equal(0, Cut("memory"));

        memory.Missing = 1;
        connections.Review();
        memory.Missing = 0;
        Assert.Equal(1, Cut("memory"));
        await Assert.ThrowsAnyAsync<Exception>(async () => await bodies[0].ReadExactlyAsync(got.AsMemory(1000)).AsTask().WaitAsync(Patience.Deadline));
        for (var i = 1; i < 3; i++)
        {
            await bodies[i].ReadExactlyAsync(got.AsMemory(1000 + i * 3_000_000)).AsTask().WaitAsync(Patience.Deadline);
            Assert.True(got.AsSpan(1000 + i * 3_000_000).SequenceEqual(_segment.AsSpan(1000 + i * 3_000_000)));
        }

        Assert.Equal((0, 1), (Cut("stalled"), Cut("memory")));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Connections_BeyondTheirNumber_AreClosed()
    {
        await StartAsync("--Gateway:Connections:MaxConnections=2");
        var url = new Uri(Url(Way.Plain));
        using var first = await ConnectAsync(url);
        using var second = await ConnectAsync(url);
        await Patience.UntilAsync(() => Task.FromResult(_gateway!.Services.GetRequiredService<ClientConnections>().Count == 2));
        using var third = await ConnectAsync(url);
        Assert.Equal(0, await third.ReceiveAsync(new byte[1]).WaitAsync(Patience.Deadline));
    }

    private async Task ReadSlowlyAsync(Way way, int rate)
    {
        using var client = Client(way);
        using var answer = await OpenAsync(client);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var got = new byte[SegmentBytes];
        var start = TimeProvider.System.GetTimestamp();
        var position = 0;
        while (TimeProvider.System.GetElapsedTime(start) is var elapsed && elapsed < SlowFor)
        {
            var next = (int)(elapsed.TotalSeconds * rate) + 1;
            if (next > position)
            {
                await body.ReadExactlyAsync(got.AsMemory(position, next - position));
                position = next;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await body.ReadExactlyAsync(got.AsMemory(position)).AsTask().WaitAsync(Patience.Deadline);
        Assert.True(got.AsSpan().SequenceEqual(_segment), $"{way} at {rate}");
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient client)
    {
        var answer = await client.GetAsync("/play/title/seg1.m4s", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    /// <summary>Everything between the gateway and its clients is full: no more is sent for a while.</summary>
    private async Task UntilItStandsAsync()
    {
        var memory = _gateway!.Services.GetRequiredService<ConnectionMemory>();
        var connections = _gateway.Services.GetRequiredService<ClientConnections>();
        var (before, same) = (-1L, 0);
        await Patience.UntilAsync(() =>
        {
            connections.Review();
            var held = memory.Lent + memory.Waiting;
            same = held == before && before > 0 ? same + 1 : 0;
            before = held;
            return Task.FromResult(same >= 6);
        });
    }

    private HttpClient Client(Way way) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        InitialHttp2StreamWindowSize = 65_535,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _thumbprint },
        ConnectCallback = async (context, cancel) => new NetworkStream(await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel), ownsSocket: true),
    })
    {
        BaseAddress = new Uri(Url(way)),
        Timeout = Patience.Deadline,
        DefaultRequestVersion = way == Way.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private string Url(Way way) => _gateway!.Urls.Single(u => u.StartsWith("https", StringComparison.Ordinal) == (way != Way.Plain));

    private static Task<Socket> ConnectAsync(Uri url) => ConnectAsync(url.Host, url.Port, CancellationToken.None);

    /// <summary>With a small buffer: what waits for a slow reader waits at the gateway.</summary>
    private static async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 64 << 10 };
        await socket.ConnectAsync(host, port, cancel);
        return socket;
    }

    private async Task StartAsync(params string[] knobs)
    {
        for (var i = 0; i < _segment.Length; i++) _segment[i] = (byte)(i * 31 + (i >> 9));
        _thumbprint = MakeCertificate(_certificate);
        _origin = await ScriptedOrigin.StartAsync();
        _origin.Answer = async context =>
        {
            context.Response.ContentLength = SegmentBytes;
            await context.Response.Body.WriteAsync(_segment);
        };
        _gateway = Program.Build(
            [
                "--Kestrel:Endpoints:Plain:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:Tls:Url=https://127.0.0.1:0", $"--Kestrel:Certificates:Default:Path={_certificate}",
                $"--ReverseProxy:Clusters:origin:Destinations:a:Address={_origin.Address}", "--Gateway:Telemetry:Events=File", $"--Gateway:Connections:StalledClient={StalledClient}",
                .. knobs,
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<TimeProvider>(_clock);
            });
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gateway.connections.cut" && instrument.Meter.Scope == _gateway.Services.GetRequiredService<IMeterFactory>()) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _cut[(string)tags[0].Value!] = count);
        _listener.Start();
        await _gateway.StartAsync();
    }

    /// <summary>How many clients were cut for a reason.</summary>
    private long Cut(string reason)
    {
        _listener.RecordObservableInstruments();
        return _cut.GetValueOrDefault(reason);
    }

    private static string MakeCertificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx));
        return certificate.GetCertHashString();
    }

    /// <summary>How a client is connected.</summary>
    public enum Way
    {
        Plain,
        Tls,
        Http2,
    }
}
