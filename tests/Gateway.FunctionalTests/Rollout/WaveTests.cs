using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.FunctionalTests.Common;
using Gateway.Load.Targets;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.FunctionalTests.Rollout;

/// <summary><c>load -- wave</c> against real gateways, and behind a real HAProxy.</summary>
public sealed class WaveTests : IDisposable
{
    private const string TicketKey = "--Gateway:Access:TicketKeys:0=k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-wave-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Wave_OfEnginesWithBrokenSegments_IsTakenBack()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:Stage=1", "--Gateway:Rollout:LimitedShare=0.5", "--Gateway:Origin:Retries=0", "--Gateway:Prefetch:Segments=0");
        await fixture.PutFaultsAsync(new { kind = "status", path = "/**/*.m4s", status = 500 });
        var (code, told, report) = await WaveAsync(
            """{"name":"half","kind":"engine","stage":2,"override":true,"sessions":400,"perSecond":40,"watchSec":2,"patienceSec":4}""", "--target", fixture.Url.ToString(), "--admin-key", GatewayWithStub.OperatorKey);
        Assert.True(code == 2, told);
        Assert.Contains("half: reverted", report, StringComparison.Ordinal);
        var (state, _) = await RolloutApi.ReadAsync(fixture.Client);
        Assert.True(state.GetProperty("reverted").GetBoolean());
        Assert.Equal("direct", await RolloutApi.EngineAsync(fixture.Client));
    }

    [Fact]
    public async Task Wave_OfASlowerVersionBehindHAProxy_IsTakenBackAndInterruptsNobody()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/haproxy"), "HAProxy is not installed (Debian: apt-get install haproxy).");
        await using var stable = await GatewayWithStub.StartAsync(TicketKey);
        await using var candidate = await GatewayWithStub.StartAsync(builder => builder.Services.AddSingleton<IStartupFilter>(new Slow()), TicketKey);
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var front = port.LocalEndpoint.ToString()!;
        port.Stop();
        var socket = Path.Combine(_folder.FullName, "admin.sock");
        await using var haproxy = ChildProcess.Start("haproxy", ["-db", "-f", Path.Combine(Repository.Root, "deploy", "haproxy", "versions.cfg")], new Dictionary<string, string>
        {
            ["FRONT"] = front,
            ["STABLE"] = stable.Url.Authority,
            ["CANDIDATE"] = candidate.Url.Authority,
            ["ADMIN"] = socket,
        });
        using var client = new HttpClient { BaseAddress = new Uri($"http://{front}") };
        await Patience.UntilAsync(async () =>
        {
            try
            {
                return (await client.GetAsync("/health/live")).IsSuccessStatusCode;
            }
            catch (HttpRequestException e)
            {
                return haproxy.HasExited ? throw new InvalidOperationException(haproxy.Said, e) : false;
            }
        });

        var (code, told, report) = await WaveAsync(
            """{"name":"next version","kind":"version","weight":50,"sessions":300,"perSecond":10,"watchSec":4}""", "--target", $"http://{front}", "--haproxy", socket);
        Assert.True(code == 2, told);
        Assert.Contains("next version: reverted", report, StringComparison.Ordinal);
        Assert.Contains(" 0 interrupted", report, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        // Nobody new comes to it.
        using var stranger = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri($"http://{front}") };
        for (var i = 0; i < 10; i++)
        {
            using var answer = await stranger.GetAsync("/health/live");
            Assert.Contains("GATEWAY_POOL=stable", string.Join(' ', answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"name":"x","kind":"engine"}""", "stage")]
    [InlineData("""{"name":"x","kind":"version","weight":0}""", "weight")]
    [InlineData("""{"name":"x","kind":"version","weight":5,"candidate":"b; shutdown"}""", "candidate")]
    [InlineData("""{"name":"x","stages":1}""", "no plan")]
    public async Task Plan_OfNoSense_IsRefusedByName(string plan, string named)
    {
        var (code, told, _) = await WaveAsync(plan, "--target", "http://127.0.0.1:9");
        Assert.Equal(1, code);
        Assert.Contains(named, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_OfTheRepository_AreRead()
    {
        var files = new DirectoryInfo(Path.Combine(Repository.Root, "deploy", "waves")).GetFiles("*.json");
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.NotEmpty(Gateway.Load.Waves.WavePlan.Read(file).Name));
    }

    private async Task<(int Code, string Told, string Report)> WaveAsync(string plan, params string[] more)
    {
        var file = Path.Combine(_folder.FullName, "wave.json");
        var report = Path.Combine(_folder.FullName, "report.md");
        await File.WriteAllTextAsync(file, plan);
        using var told = new StringWriter(CultureInfo.InvariantCulture);
        var code = await Gateway.Load.Program.RunAsync(["wave", "--stages", file, "--report", report, .. more], new InvocationConfiguration { Output = told, Error = told }, TestContext.Current.CancellationToken);
        return (code, told.ToString(), File.Exists(report) ? await File.ReadAllTextAsync(report) : "");
    }

    /// <summary>A second version that is worse: every media request of it waits.</summary>
    private sealed class Slow : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, go) =>
            {
                if (context.Request.Path.StartsWithSegments("/api/v1/files", StringComparison.Ordinal)) await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, context.RequestAborted);
                await go(context);
            });
            next(app);
        };
    }
}
