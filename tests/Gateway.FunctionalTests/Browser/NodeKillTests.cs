using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;
using Gateway.Load.Targets;
using Gateway.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// Two gateways that share ticket keys and sessions, behind HAProxy with the repository's file. The one that serves the page is killed in the middle of a segment for which the page waits with nothing
/// left to play, which is the worst moment there is: the page goes on at the other one where it stood, and tells how long it waited.
/// </summary>
public sealed partial class NodeKillTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string TicketKey = "--Gateway:Access:TicketKeys:0=k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("node-kill-");
    private PostgresServer? _postgres;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/haproxy"), "HAProxy is not installed (Debian: apt-get install haproxy).");
        _postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(_postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null) await _postgres.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Kill_OfTheNodeThatServesThePage_PlaysOnAtTheOther()
    {
        var gate = new HeldSegment("/seg_00004.m4s");
        await using var stub = TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], builder => builder.Services.AddSingleton<IStartupFilter>(gate));
        await stub.StartAsync(TestContext.Current.CancellationToken);
        await using var first = await StartAsync(stub.Urls.First());
        await using var second = await StartAsync(stub.Urls.First());
        var (haproxy, url) = await BalanceAsync(first, second);
        await using var balancer = haproxy;
        await using var page = await chromium.OpenAsync(url);
        // A wait of this length is taken for a failure, however it came about: on a slow machine the test itself may take as long.
        await page.ReplaceAsync("playback.js", "const hopelessStallMs = 20_000;", "const hopelessStallMs = 600_000;");
        await page.GoAsync("/?title=demo&format=hls&player=hlsjs&autoplay=1&muted=1");

        // Three segments are played, and of the fourth there is a beginning.
        var before = await page.UntilAsync("s.phase === 'rebuffering' && s.position > 5", Patience.Deadline);
        Assert.Null(before.FatalError);
        await page.Page.EvaluateAsync("""
            () => {
              const video = document.getElementById('video');
              window.lowest = video.currentTime;
              video.addEventListener('timeupdate', () => {
                if (!video.seeking && video.readyState > 2) window.lowest = Math.min(window.lowest, video.currentTime);
              });
            }
            """);
        var (serving, other) = await ServedAsync(first) > await ServedAsync(second) ? (first, second) : (second, first);
        var served = await ServedAsync(other);
        await serving.KillAsync();
        gate.Release();

        var after = await page.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.phase === 'playing' && s.position > {before.Position + 8}"), Patience.Deadline);
        Assert.Null(after.FatalError);
        Assert.True(await ServedAsync(other) > served, "The other gateway has served nothing.");
        Assert.InRange(await page.Page.EvaluateAsync<double>("window.lowest"), before.Position - 2, double.MaxValue);
        Assert.True(after.RebufferSeconds > before.RebufferSeconds, $"{after.RebufferSeconds} s after {before.RebufferSeconds} s");
        await page.Page.WaitForFunctionAsync("() => /Goes on after/.test(document.getElementById('events-list').textContent)");
        // Requests were cut off, as they were under way; none that came later was refused by the balancer.
        Assert.DoesNotContain("503", await page.Page.InnerTextAsync("#events-list"), StringComparison.Ordinal);
        Assert.Empty(page.Violations);
    }

    private Task<GatewayProcess> StartAsync(string origin) => GatewayProcess.StartAsync(
        new Uri(origin), $"--ConnectionStrings:Sessions={_postgres!.ConnectionString}", TicketKey, "--Gateway:Sessions:StoreTimeout=00:01:00", "--Gateway:Telemetry:ScrapeAge=00:00:00");

    /// <summary>Media responses that a gateway has sent to their last byte.</summary>
    private static async Task<double> ServedAsync(GatewayProcess gateway) => (await gateway.Client.GetStringAsync("/metrics")).Split('\n')
        .Where(l => l.StartsWith("gateway_segments_served_total{", StringComparison.Ordinal))
        .Sum(l => double.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));

    /// <summary>The repository's file with longer limits: none of them is to be reached because the machine is busy. A gateway that is gone refuses, and is known by that.</summary>
    private async Task<(ChildProcess Process, Uri Url)> BalanceAsync(GatewayProcess first, GatewayProcess second)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "haproxy", "haproxy.cfg"));
        var file = Path.Combine(_folder.FullName, "haproxy.cfg");
        await File.WriteAllTextAsync(file, Limit().Replace(text, "$1 180s").Replace("mode http", "mode http\n    timeout check 180s", StringComparison.Ordinal));
        using var client = new HttpClient { Timeout = Patience.Deadline };
        while (true)
        {
            using var port = new TcpListener(IPAddress.Loopback, 0);
            port.Start();
            var front = port.LocalEndpoint.ToString()!;
            port.Stop();
            var haproxy = ChildProcess.Start("haproxy", ["-db", "-f", file], new Dictionary<string, string>
            {
                ["FRONT"] = front,
                ["GATEWAY_1"] = first.Client.BaseAddress!.Authority,
                ["GATEWAY_2"] = second.Client.BaseAddress!.Authority,
            });
            var url = new Uri($"http://{front}");
            await Patience.UntilAsync(async () => haproxy.HasExited || await AnswersAsync(client, url), () => haproxy.Said);
            if (!haproxy.HasExited) return (haproxy, url);
            Assert.Contains("cannot bind", haproxy.Said, StringComparison.OrdinalIgnoreCase);
            await haproxy.DisposeAsync();
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri url)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(url, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(\s+timeout [\w-]+) \d+s", RegexOptions.Multiline)]
    private static partial Regex Limit();
}
