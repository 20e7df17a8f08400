using System.Diagnostics;
using System.Text.RegularExpressions;
using Gateway.Tests.Docs;

namespace Gateway.Tests;

/// <summary>What the program says of itself instead of starting.</summary>
public sealed partial class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_Alone_TellsUsageVersionAndWhereAllKnobsAre(string question)
    {
        var (code, answer) = CommandLine.AnswerTo([question])!.Value;
        Assert.Equal(0, code);
        Assert.StartsWith("Streaming gateway 0.", answer, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project gateway -- [--urls", answer, StringComparison.Ordinal);
        Assert.Contains("docs/configuration.md", answer, StringComparison.Ordinal);
        Assert.All(answer.Split('\n'), line => Assert.InRange(line.Length, 0, 160));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    public void Version_Alone_IsOneWord(string question) => Assert.Matches(@"^0\.\d+\.\d+\S*$", CommandLine.AnswerTo([question])!.Value.Text);

    /// <summary>All else is configuration, as ASP.NET reads it.</summary>
    [Theory]
    [InlineData]
    [InlineData("--urls", "http://127.0.0.1:0")]
    [InlineData("--listen", "0.0.0.0:8080")]
    [InlineData("--URLS=http://127.0.0.1:0", "/environment=Production", "--http_ports", "8080")]
    [InlineData("--Gateway:Cache:MaxBytes=1073741824")]
    [InlineData("--gateway:access:mode", "Open", "--ReverseProxy:Clusters:origin:Destinations:a:Address=http://127.0.0.1:9090/")]
    [InlineData("--ConnectionStrings:Sessions=Host=db;Password=--x", "--Kestrel:Endpoints:a:Url=http://[::]:8080", "--Logging:LogLevel:Default=Debug")]
    [InlineData("--STREAMING_ENGINE_MODE=videojs", "--SEGMENTED_VHS_PROFILE", "legacy", "--OTEL_SDK_DISABLED=true", "urls=http://127.0.0.1:0")]
    public void Switches_OfTheHostAndOfAllSections_StartTheProgram(params string[] args) => Assert.Null(CommandLine.AnswerTo(args));

    [Theory]
    [InlineData("There is no switch '--url'. The nearest is --urls;", "--url=http://127.0.0.1:0")]
    [InlineData("There is no switch '--Cache:MaxBytes'. The nearest is --Gateway:Cache:MaxBytes;", "--Cache:MaxBytes=1073741824")]
    [InlineData("There is no switch '--Gatway:Cache:MaxBytes'. The nearest is --Gateway:Cache:MaxBytes;", "--urls", "http://127.0.0.1:0", "--Gatway:Cache:MaxBytes", "1")]
    [InlineData("There is no switch '--ConnectionString:Sessions'. The nearest is --ConnectionStrings:Sessions;", "--ConnectionString:Sessions=Host=db")]
    [InlineData("There is no switch '--hlep'. The nearest is --help;", "--hlep")]
    [InlineData("'--help' answers when it stands alone.", "--help", "--urls=http://127.0.0.1:0")]
    [InlineData("There is no switch '--Gateway:'.", "--Gateway:=1")]
    [InlineData("'help' is no switch.", "help")]
    [InlineData("Switch '--urls' has no value.", "--urls")]
    public void Switch_Unknown_IsRefusedWithTheNearestOne(string expected, params string[] args)
    {
        var (code, text) = CommandLine.AnswerTo(args)!.Value;
        Assert.Equal(1, code);
        Assert.StartsWith(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Host=db", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_KnobsItNames_AreThere()
    {
        var named = Knob().Matches(CommandLine.AnswerTo(["--help"])!.Value.Text).Select(m => m.Groups["knob"].Value).Distinct(StringComparer.Ordinal).ToArray();
        var page = ConfigurationPage.Text();
        Assert.InRange(named.Length, 5, 20);
        Assert.All(named, knob => Assert.Contains($"| `{knob}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Main_AskedForItsVersion_AnswersAndEndsWell()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Gateway.Program).Assembly.Location, "--version"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, CommandLine.AnswerTo(["--version"])!.Value.Text), (process.ExitCode, said.Trim()));
    }

    [GeneratedRegex(@"--Gateway:(?<knob>[A-Za-z]+:[A-Za-z]+)")]
    private static partial Regex Knob();
}
