using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Benchmarks.Peers;

namespace Gateway.Benchmarks.Hits;

/// <summary>
/// What cached objects cost over TLS: processor time of this build's gateway and of another one's, in turn within a round, on one core; the client has the other.
/// </summary>
internal static class TlsCost
{
    private static readonly (string Name, string Title)[] s_objects = [(HitOrigin.Small, "2 KB, TLS"), (HitOrigin.Middle, "100 KB, TLS"), (HitOrigin.Large, "1 MB, TLS")];

    /// <param name="rounds">Turns of each.</param>
    /// <param name="other">Path of another build's Gateway.dll.</param>
    public static async Task RunAsync(int rounds, string other)
    {
        await using var origin = await HitOrigin.StartAsync();
        var root = new Uri(origin.Urls.Single());
        var certificate = Path.GetTempFileName();
        WriteCertificate(certificate);
        var length = new BenchLength(rounds, TimeSpan.FromSeconds(1), Settling: TimeSpan.Zero, Warmup: TimeSpan.FromSeconds(5), Misses: 0, Starts: 0);
        await using var mine = await StartAsync(Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), root, certificate);
        await using var theirs = await StartAsync(other, root, certificate);
        Console.WriteLine($"load average {File.ReadAllText("/proc/loadavg").Trim()}\n| object | this build, µs | the other, µs | – | this ÷ the other | – | requests/s, this ÷ the other |\n| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (name, title) in s_objects) Console.WriteLine(await HotObject.MeasureAsync([mine.Peer, theirs.Peer], new Peer("origin", mine.Peer.Server, path => new Uri(root, path)), name, title, length));
        File.Delete(certificate);
    }

    private static async Task<Measured> StartAsync(string program, Uri origin, string certificate)
    {
        var port = ServerProcess.FreePort();
        var url = string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}");
        var server = await ServerProcess.StartAsync(
            ServerProcess.Core, port, "dotnet", program, $"--urls={url}", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}", $"--Kestrel:Certificates:Default:Path={certificate}",
            "--Gateway:Telemetry:SegmentEvents=Failures", "--Gateway:Access:TicketKeyFile=none", "--Logging:LogLevel:Default=Warning");
        return new Measured(new Peer(program, server, name => new Uri($"{url}/play/{name}")));
    }

    private static void WriteCertificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllBytes(path, made.Export(X509ContentType.Pfx));
    }

    private sealed record Measured(Peer Peer) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Peer.Server.DisposeAsync();
    }
}
