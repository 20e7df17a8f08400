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
        var answer = CommandLine.AnswerTo([question]);
        Assert.NotNull(answer);
        Assert.StartsWith("Streaming gateway 0.", answer, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project gateway -- [--urls", answer, StringComparison.Ordinal);
        Assert.Contains("docs/configuration.md", answer, StringComparison.Ordinal);
        Assert.All(answer.Split('\n'), line => Assert.InRange(line.Length, 0, 160));
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    public void Version_Alone_IsOneWord(string question) => Assert.Matches(@"^0\.\d+\.\d+\S*$", CommandLine.AnswerTo([question])!);

    /// <summary>All else is configuration, as ASP.NET reads it.</summary>
    [Theory]
    [InlineData]
    [InlineData("--urls", "http://127.0.0.1:0")]
    [InlineData("--help", "--urls=http://127.0.0.1:0")]
    [InlineData("--Gateway:Cache:MaxBytes=1073741824")]
    [InlineData("help")]
    public void Question_AmongOthersOrNone_StartsTheProgram(params string[] args) => Assert.Null(CommandLine.AnswerTo(args));

    [Fact]
    public void Help_KnobsItNames_AreThere()
    {
        var named = Knob().Matches(CommandLine.AnswerTo(["--help"])!).Select(m => m.Groups["knob"].Value).Distinct(StringComparer.Ordinal).ToArray();
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
        Assert.Equal((0, CommandLine.AnswerTo(["--version"])), (process.ExitCode, said.Trim()));
    }

    [GeneratedRegex(@"--Gateway:(?<knob>[A-Za-z]+:[A-Za-z]+)")]
    private static partial Regex Knob();
}
