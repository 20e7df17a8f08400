using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Load;

/// <summary>The tester as a newcomer calls it: it starts a gateway and an origin by itself, plays in real time, and reports.</summary>
public sealed class SmokeRunTests : IDisposable
{
    // A limit that a gateway reaches for want of a processor would be a failed request.
    private static readonly string[] s_patient = [.. Patience.Knobs.SelectMany(static k => (string[])["--knob", k[2..]])];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-load-");

    [Fact]
    public async Task Smoke_WithoutATarget_StartsASystemAndEveryViewerSeesAPicture()
    {
        var (json, html) = (Path.Combine(_folder.FullName, "out", "smoke.json"), Path.Combine(_folder.FullName, "out", "smoke.html"));
        var (code, output, errors) = await RunAsync(["smoke", "--players", "4", "--duration", "10s", "--json", json, "--html", html, .. s_patient]);
        // How quick a picture comes on a machine that runs other tests is not judged here.
        Assert.True(code is 0 or 2, errors);
        Assert.Contains("viewers watched", output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        var players = report.RootElement.GetProperty("players").EnumerateArray().ToArray();
        Assert.True(players.Length >= 4);
        Assert.All(players.Where(p => p.GetProperty("waitedMs").GetDouble() > 8000), p => Assert.True(p.TryGetProperty("startUpMs", out _), p.ToString()));
        Assert.Contains(players, p => p.GetProperty("segments").GetInt32() > 0);
        Assert.Equal(0, Figure(report, "faults.wrongLength"));
        Assert.Equal(0, Figure(report, "faults.wrongBytes"));
        Assert.True(Figure(report, "segments.compared") > 0);
        Assert.Equal(0, Figure(report, "faults.badManifest"));
        Assert.Equal(0, Figure(report, "requests.failed"));
        Assert.Contains("<svg", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_WithALimitThatCannotBeKept_EndsWithTwo()
    {
        var file = Path.Combine(_folder.FullName, "test.json");
        await File.WriteAllTextAsync(
            file,
            """
            {"name":"mine","scenarios":[{"name":"films","audience":{"titles":["/play/film-00/master.m3u8"],"rules":{"hlsJs":1}},
             "loadSimulations":[{"kind":"inject","rate":2,"during":"2s"}]}],"thresholds":["startup.p50 < 0.001 ms","requests.count > 0"]}
            """,
            TestContext.Current.CancellationToken);
        var (code, output, _) = await RunAsync(file, "--quiet", "--junit", Path.Combine(_folder.FullName, "limits.xml"));
        Assert.Equal(2, code);
        Assert.Contains("broken", output, StringComparison.Ordinal);
        Assert.Contains("startup.p50 &lt; 0.001 ms", await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "limits.xml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeKill_OfOneOfTwoGateways_LeavesViewersTheirPicture()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/haproxy"), "haproxy is not installed.");
        var json = Path.Combine(_folder.FullName, "kill.json");
        var (code, output, errors) = await RunAsync("node-kill", "--players", "6", "--duration", "15s", "--quiet", "--json", json);
        Assert.True(code is 0 or 2, errors);
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal("2 gateways behind HAProxy, a made-up origin, all on this machine", report.RootElement.GetProperty("target").GetString());
        Assert.Equal(["gateway 1 killed", "gateway 1 back"], report.RootElement.GetProperty("marks").EnumerateArray().Select(m => m.GetProperty("label").GetString()));
        Assert.True(Figure(report, "players.count") >= 6, output);
        Assert.Equal(0, Figure(report, "faults.wrongLength"));
        Assert.Equal(0, Figure(report, "faults.wrongBytes"));
        Assert.True(Figure(report, "segments.compared") > 0);
        Assert.Contains(report.RootElement.GetProperty("players").EnumerateArray(), p => p.TryGetProperty("startUpMs", out _));
    }

    [Fact]
    public async Task Metrics_OfATesterAtWork_PassPromtool()
    {
        Promtool.SkipIfMissing();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var run = RunAsync("smoke", "--players", "3", "--duration", "8s", "--quiet", "--metrics-port", $"{port}");
        using var client = new HttpClient { Timeout = Patience.Deadline };
        var text = "";
        await Patience.UntilAsync(async () =>
        {
            try
            {
                text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), TestContext.Current.CancellationToken);
                // The series look at the run one after the other: of one scrape the first may have come before it began and the last after.
                return (text.Contains("load_players_arrived_total", StringComparison.Ordinal) && text.Contains("load_players_active{", StringComparison.Ordinal)) || run.IsCompleted;
            }
            catch (HttpRequestException)
            {
                return run.IsCompleted;
            }
        });
        Assert.True((await run).Code is 0 or 2, (await run).Errors);
        Assert.Contains("load_players_active{state=\"playing\"}", text, StringComparison.Ordinal);
        Assert.Contains("load_lateness_seconds", text, StringComparison.Ordinal);
        var (exit, finding) = await Promtool.RunAsync(text, "check", "metrics");
        Assert.True(exit == 0, finding);
    }

    [Theory]
    [InlineData("smoke", "--playres", "5")]
    [InlineData("smoke", "--players", "0")]
    [InlineData("smoke", "--duration", "soon")]
    [InlineData("smoke", "--target", "gateway")]
    [InlineData("smoke", "--threshold", "fast")]
    [InlineData("smook")]
    [InlineData("nothing.json")]
    [InlineData("compare", "a.json")]
    [InlineData("traces", "--traces", "/no/such/folder")]
    public async Task Tester_WronglyCalled_SaysSoAndEndsWithOne(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.NotEmpty(errors + output);
    }

    [Fact]
    public async Task Tester_AskedForHelp_ListsItsVerbs()
    {
        var (code, output, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        foreach (var verb in (string[])["smoke", "evening", "spike", "thunder", "seek-storm", "zap", "soak", "traces", "node-kill", "run", "compare", "baseline"]) Assert.Contains(verb, output, StringComparison.Ordinal);
        Assert.Contains("--players", (await RunAsync("smoke", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tester_WithASwitchMisspelt_NamesTheNearest() => Assert.Contains("--players", string.Concat(await RunAsync("smoke", "--playres", "5")), StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private static double Figure(JsonDocument report, string name) =>
        report.RootElement.GetProperty("figures").EnumerateArray().First(f => f.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await Gateway.Load.Program.RunAsync(arguments, new InvocationConfiguration { Output = output, Error = errors }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}
