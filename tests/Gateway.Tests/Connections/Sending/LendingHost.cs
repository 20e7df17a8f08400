using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Connections;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Connections.Sending;

/// <summary>The real server with the gateway's connections, one endpoint with TLS and one without, and a handler of the test's.</summary>
internal sealed class LendingHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private LendingHost(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    public TestMetrics Metrics { get; private set; } = null!;

    public ConnectionMemory Memory => _app.Services.GetRequiredService<ConnectionMemory>();

    public ClientConnections Connections => _app.Services.GetRequiredService<ClientConnections>();

    public static async Task<LendingHost> StartAsync(RequestDelegate handler, Action<WebApplication>? before = null, Action<KestrelServerOptions>? server = null, params (string Key, string Value)[] knobs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["Gateway:Connections:StalledClient"] = "01:00:00";
        foreach (var (key, value) in knobs) builder.Configuration[key] = value;
        var certificate = MakeCertificate();
        // Between the server and its addresses, as in a gateway: of two transports the later one is asked first, and defaults hold for addresses behind them.
        builder.WebHost.UseKestrelCore();
        builder.Services.AddClientConnections().AddResponseCompression(o => o.EnableForHttps = true).AddLogging(l => l.ClearProviders());
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            server?.Invoke(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate));
        });
        var app = builder.Build();
        app.UseUnpacedConnections();
        before?.Invoke(app);
        app.Run(handler);
        await app.StartAsync();
        return new LendingHost(app, certificate) { Metrics = new TestMetrics(app.Services.GetRequiredService<IMeterFactory>()) };
    }

    /// <param name="within">Cuts what has not ended by then.</param>
    public Task StopAsync(CancellationToken within = default) => _app.StopAsync(within);

    public Uri Url(bool tls) => new(_app.Urls.Single(u => u.StartsWith("https", StringComparison.Ordinal) == tls));

    /// <summary>A connection of which the test sees each byte; with a small receive buffer, so that the kernel is full soon.</summary>
    public async Task<Stream> ConnectAsync(bool tls)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 16 << 10 };
        await socket.ConnectAsync(IPAddress.Loopback, Url(tls).Port);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (!tls) return stream;
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString());
        await secure.AuthenticateAsClientAsync("localhost").WaitAsync(Deadline.Value);
        return secure;
    }

    public HttpClient Client(bool tls, Version version) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString() },
    })
    {
        BaseAddress = Url(tls),
        Timeout = Deadline.Value,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Metrics.Dispose();
        _certificate.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }
}
