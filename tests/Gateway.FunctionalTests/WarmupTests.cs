using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>The warm-up of a gateway in a process of its own: what it does is done to nobody, and nothing of it is left.</summary>
public sealed class WarmupTests
{
    /// <summary>What a playback counts. Each of these would have moved by the hundreds.</summary>
    private static readonly string[] s_counted =
    [
        "gateway_access_", "gateway_cache_requests", "gateway_cache_evictions", "gateway_cache_collapsed", "gateway_cache_entries", "gateway_connections_", "gateway_manifest_", "gateway_origin_requests", "gateway_prefetch_", "gateway_segments_",
        "gateway_session_", "gateway_sessions_", "http_server_request_duration_seconds_count", "http_client_request_duration_seconds_count", "kestrel_connection_duration_seconds_count",
    ];

    /// <summary>Sizes and limits, which stand there without anybody playing; the connection that asks for the metrics is one itself.</summary>
    private static readonly string[] s_notCounted = ["gateway_connections_memory", "gateway_connections_limit", "gateway_connections_active"];

    [Fact]
    public async Task Start_WithAWarmup_LeavesNoTraceOfIt()
    {
        await using var stub = TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], null);
        await stub.StartAsync(TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("first-start-").FullName;
        try
        {
            WriteCertificate(folder);
            await using var gateway = await GatewayProcess.StartAsync(
                new Uri(stub.Urls.First()),
                "--Gateway:Warmup:Limit=00:01:00", "--Gateway:Telemetry:Events=Both", "--urls=http://127.0.0.1:0;https://127.0.0.1:0", $"--Kestrel:Certificates:Default:Path={folder}/cert.pem", $"--Kestrel:Certificates:Default:KeyPath={folder}/key.pem",
                "--ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled=false", $"--Gateway:Access:TicketKeyFile={folder}/ticket-key");

            var metrics = await gateway.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

            Assert.Contains(gateway.Output, line => line.Contains("was compiled before the first player", StringComparison.Ordinal));
            Assert.DoesNotContain(gateway.Output, line => line.Contains("warmup", StringComparison.Ordinal) || line.Contains("failed", StringComparison.Ordinal) || line.StartsWith('{'));
            var moved = metrics.Split('\n').Where(line => s_counted.Any(c => line.StartsWith(c, StringComparison.Ordinal)) && !s_notCounted.Any(c => line.StartsWith(c, StringComparison.Ordinal)) && !line.EndsWith(" 0", StringComparison.Ordinal) && !line.Contains(" 0 ", StringComparison.Ordinal));
            Assert.Empty(moved);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Start_WithAWarmupThatHasNoTime_IsReadyAndSaysSo()
    {
        await using var stub = TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], null);
        await stub.StartAsync(TestContext.Current.CancellationToken);

        await using var gateway = await GatewayProcess.StartAsync(new Uri(stub.Urls.First()), "--Gateway:Warmup:Limit=00:00:00.001");

        Assert.Contains("ready", await gateway.Client.GetStringAsync("/health/ready", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(gateway.Output, line => line.Contains("The warm-up failed after", StringComparison.Ordinal));
    }

    private static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
