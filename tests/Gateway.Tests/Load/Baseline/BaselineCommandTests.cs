using System.CommandLine;
using Gateway.Load.Baseline;

namespace Gateway.Tests.Load.Baseline;

public sealed class BaselineCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-baseline-");

    [Fact]
    public async Task Baseline_WithOutput_MakesFoldersAndRepeatsTheText()
    {
        var report = Path.Combine(_folder.FullName, "a", "b", "report.md");
        var (code, output, _) = await RunAsync("--input", Write("a.ndjson", 250, 800), "--output", report);
        Assert.Equal(0, code);
        Assert.Equal(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken), output);
        Assert.Contains("- Label: unlabeled", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Baseline_WithAFailedGate_EndsWithTwo() => Assert.Equal(2, (await RunAsync("--input", Write("a.ndjson", 250, 1300))).Code);

    [Fact]
    public async Task Baseline_WithASecondCapture_NamesBoth()
    {
        var (code, output, _) = await RunAsync("--input", Write("a.ndjson", 250, 800), "--label", "main", "--compare-input", Write("b.ndjson", 250, 900));
        Assert.Equal(0, code);
        Assert.Contains("comparison minus main:", output, StringComparison.Ordinal);
        Assert.Contains("p50: +100.0 ms (+12.5 %)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--input")]
    [InlineData("--input", "--output", "x.md")]
    [InlineData("--inptu", "x")]
    [InlineData("--input", "x.ndjson", "--compare-label", "wave")]
    [InlineData("--label", "only")]
    [InlineData]
    public async Task Baseline_WronglyCalled_TellsHowAndEndsWithOne(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.NotEmpty(errors);
        Assert.Contains("--compare-input", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Baseline_OfAMissingFile_SaysWhichAndEndsWithOne()
    {
        var (code, _, errors) = await RunAsync("--input", Path.Combine(_folder.FullName, "none.ndjson"));
        Assert.Equal(1, code);
        Assert.Contains("none.ndjson", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Baseline_AskedForHelp_ShowsItsSwitches()
    {
        var (code, output, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        foreach (var name in (string[])["--input", "--label", "--output", "--compare-input", "--compare-label"]) Assert.Contains(name, output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, int count, double time)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllLines(path, Enumerable.Repeat($$"""{"event":"player.startup_timeline","outcome":"audible","totalToAudibleMs":{{time}}}""", count));
        return path;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var root = new RootCommand { BaselineCommand.Create() };
        var code = await root.Parse(["baseline", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}
