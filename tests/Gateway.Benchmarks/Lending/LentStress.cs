using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Caching;
using Gateway.Connections;
using Gateway.Manifests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Lending;

/// <summary>
/// Looks for wrong bytes where cached blocks are lent: the whole gateway with a cache that is too small by far, so that blocks are evicted and used again all the time, titles and playlists that are purged several times a second, an origin that breaks
/// off, and readers who do what clients do (<see cref="StressReader"/>). Each byte is compared. At the end nothing may be held any more.
/// </summary>
internal static class LentStress
{
    private const int Readers = 24;
    private const int StreamReaders = 2;

    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    /// <returns>0 when no byte was wrong and nothing stayed held, else 2.</returns>
    public static async Task<int> RunAsync(int minutes)
    {
        await using var origin = await StressOrigin.StartAsync();
        var certificate = Path.GetTempFileName();
        var thumbprint = WriteCertificate(certificate);
        await using var gateway = Build(origin.Urls.Single(), certificate);
        using var listener = new MeterListener();
        var sent = new Dictionary<string, long>(StringComparer.Ordinal);
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name is "gateway.connections.sent" or "gateway.cache.evictions") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (sent)
            {
                var key = instrument.Name.EndsWith("sent", StringComparison.Ordinal) ? (string)tags[0].Value! : "evicted";
                sent[key] = key == "evicted" ? sent.GetValueOrDefault(key) + value : value;
            }
        });
        listener.Start();
        await gateway.StartAsync();
        var plain = new Uri(gateway.Urls.Single(u => !u.StartsWith("https", StringComparison.Ordinal)));
        var secure = new Uri(gateway.Urls.Single(u => u.StartsWith("https", StringComparison.Ordinal)));
        var cache = gateway.Services.GetRequiredService<MediaCache>();
        var memory = gateway.Services.GetRequiredService<ConnectionMemory>();
        var rewriting = gateway.Services.GetRequiredService<RewritingBudget>();
        var counts = new StressCounts();
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(minutes), TimeProvider.System);
        var readers = Enumerable.Range(1, Readers).Select(seed => Task.Run(() => new StressReader(plain, secure, thumbprint, seed, counts).RunAsync(stop.Token)))
            .Concat(Enumerable.Range(1, StreamReaders).Select(seed => Task.Run(() => ReadStreamsAsync(secure, thumbprint, seed, counts, stop.Token))))
            .Append(Task.Run(() => PurgeAsync(cache, stop.Token)));
        await Task.WhenAll(readers);

        var began = TimeProvider.System.GetTimestamp();
        do
        {
            cache.Purge(null, "/");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
        while ((cache.Statistics().LentBytes != 0 || memory.Lent != 0 || rewriting.Taken != 0) && TimeProvider.System.GetElapsedTime(began) < Settling);

        listener.RecordObservableInstruments();
        var held = cache.Statistics().LentBytes;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{minutes} min: {counts.Requests} requests, {counts.Playlists} of them for playlists, {counts.Bytes / 1e9:0.0} GB compared, {counts.Wrong} wrong; {counts.Aborted} left by the client, {counts.BrokenOff} broken off, {counts.Refused} refused"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"lent {sent.GetValueOrDefault("lent") / 1e9:0.0} GB, copied {sent.GetValueOrDefault("copied") / 1e9:0.0} GB, {sent.GetValueOrDefault("evicted")} evictions; held at the end: {held} bytes of the cache, {memory.Lent} of connections, {rewriting.Taken} of playlists"));
        await gateway.StopAsync();
        File.Delete(certificate);
        return counts.Wrong == 0 && held == 0 && memory.Lent == 0 && rewriting.Taken == 0 && sent.GetValueOrDefault("lent") > 0 ? 0 : 2;
    }

    /// <summary>HTTP/2 copies, beside the others.</summary>
    private static async Task ReadStreamsAsync(Uri secure, string thumbprint, int seed, StressCounts counts, CancellationToken stop)
    {
        var dice = new Random(-seed);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == thumbprint } })
        {
            BaseAddress = secure,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        while (!stop.IsCancellationRequested)
        {
            var thing = new StressObject(dice.Next(StressObject.Count));
            Interlocked.Increment(ref counts.Requests);
            try
            {
                var body = await client.GetByteArrayAsync($"/play/{thing.Path}", stop);
                Interlocked.Add(ref counts.Bytes, body.Length);
                if (!body.AsSpan().SequenceEqual(thing.Bytes.Span)) Interlocked.Increment(ref counts.Wrong);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref counts.BrokenOff);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task PurgeAsync(MediaCache cache, CancellationToken stop)
    {
        var dice = new Random(Readers);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, CancellationToken.None);
            cache.Purge(null, dice.Next(10) switch { 0 => "/", 1 or 2 => $"/l{dice.Next(StressPlaylist.Count)}/", _ => $"/t{dice.Next(20)}/" });
        }
    }

    private static WebApplication Build(string origin, string certificate) => Gateway.Program.Build(
        [
            "--Kestrel:Endpoints:Plain:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:Tls:Url=https://127.0.0.1:0", $"--Kestrel:Certificates:Default:Path={certificate}",
            $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}/", "--Gateway:Telemetry:Events=Off", "--Gateway:Cache:MaxBytes=67108864", "--Gateway:Cache:MinRetention=00:00:00",
            "--Gateway:Access:TicketKeyFile=none",
        ],
        builder => builder.Logging.ClearProviders());

    private static string WriteCertificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllBytes(path, made.Export(X509ContentType.Pfx));
        return made.GetCertHashString();
    }
}
