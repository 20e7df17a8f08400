using System.CommandLine;
using System.Text.Json;

namespace Gateway.FunctionalTests.Load;

/// <summary>The tester as a newcomer calls it: it starts a gateway and an origin by itself, plays in real time, and reports.</summary>
public sealed class SmokeRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-load-");

    [Fact]
    public async Task Smoke_WithoutATarget_StartsASystemAndEveryViewerSeesAPicture()
    {
        var (json, html) = (Path.Combine(_folder.FullName, "out", "smoke.json"), Path.Combine(_folder.FullName, "out", "smoke.html"));
        var (code, output, errors) = await RunAsync("smoke", "--players", "4", "--duration", "10s", "--json", json, "--html", html);
        // How quick a picture comes on a machine that runs other tests is not judged here.
        Assert.True(code is 0 or 2, errors);
        Assert.Contains("viewers watched", output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        var players = report.RootElement.GetProperty("players").EnumerateArray().ToArray();
        Assert.True(players.Length >= 4);
        Assert.All(players.Where(p => p.GetProperty("waitedMs").GetDouble() > 8000), p => Assert.True(p.TryGetProperty("startUpMs", out _), p.ToString()));
        Assert.Contains(players, p => p.GetProperty("segments").GetInt32() > 0);
        Assert.Equal(0, Figure(report, "faults.wrongLength"));
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
