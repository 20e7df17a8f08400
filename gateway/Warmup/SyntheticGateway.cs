using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Warmup;

/// <summary>A gateway with the presets of every knob and an origin of its own, which only the warm-up knows of.</summary>
internal sealed class SyntheticGateway : IAsyncDisposable
{
    /// <summary>Enough for every segment of the title.</summary>
    private const string CacheBytes = "67108864";

    private readonly WebApplication _app;
    private readonly X509Certificate2? _certificate;

    private SyntheticGateway(WebApplication app, X509Certificate2? certificate) => (_app, _certificate) = (app, certificate);

    /// <summary>With which it answers TLS; null without.</summary>
    public X509Certificate2? Certificate => _certificate;

    /// <summary>Whether its parts are in memory still.</summary>
    public WeakReference Parts => new(_app.Services);

    /// <summary>The ways in which players come, and the version of HTTP that they speak there.</summary>
    public IEnumerable<(Uri Url, Version Version)> Entries
    {
        get
        {
            foreach (var url in _app.Urls)
            {
                yield return (new Uri(url), HttpVersion.Version11);
                if (url.StartsWith(Uri.UriSchemeHttps, StringComparison.Ordinal)) yield return (new Uri(url), HttpVersion.Version20);
            }
        }
    }

    /// <param name="build">Builds a gateway from nothing but what it is given.</param>
    /// <param name="origin">URL of its origin.</param>
    /// <param name="withTls">Whether it listens for TLS as well.</param>
    /// <param name="cancel">Ends the start.</param>
    public static async Task<SyntheticGateway> StartAsync(Func<Action<WebApplicationBuilder>, WebApplication> build, string origin, bool withTls, CancellationToken cancel)
    {
        var certificate = withTls ? MakeCertificate() : null;
        WebApplication app;
        try
        {
            app = build(builder => Adjust(builder, origin, certificate));
        }
        catch
        {
            certificate?.Dispose();
            throw;
        }

        var gateway = new SyntheticGateway(app, certificate);
        try
        {
            await app.StartAsync(cancel);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody is served any more: without a grace for what is under way.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        // A service that cannot stop must not leave all the others behind, nor hide why the gateway did not start: what counts is that its parts are disposed.
        await _app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _app.DisposeAsync();
        }
        finally
        {
            _certificate?.Dispose();
        }
    }

    private static void Adjust(WebApplicationBuilder builder, string origin, X509Certificate2? certificate)
    {
        // Files, environment and command line are the real gateway's: its addresses, stores, exporters and secrets.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ReverseProxy:Clusters:origin:Destinations:a:Address"] = origin,
            ["Gateway:Warmup:Limit"] = "00:00:00",
            ["Gateway:Telemetry:Events"] = "Off",
            ["Gateway:Cache:MaxBytes"] = CacheBytes,
            ["Gateway:Access:TicketKeys:0"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ["Gateway:Admin:ApiKey"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        });
        builder.Environment.EnvironmentName = Environments.Production;
        builder.Logging.ClearProviders().AddProvider(new UnreadLog()).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IHostLifetime, UntendedLifetime>();
        // After everything else that sets up the server: an endpoint takes the defaults that stand when it is named, and those of the gateway's own connections would come too late for it.
        builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            if (certificate is not null) kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate));
        });
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddYears(100));
    }
}
