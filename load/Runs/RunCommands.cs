using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;
using Spectre.Console;

namespace Gateway.Load.Runs;

/// <summary>The verbs that run a test: each ready-made one by its name, and <c>run</c> for a file.</summary>
internal static class RunCommands
{
    public static IEnumerable<Command> Create()
    {
        foreach (var test in ReadyMadeTests.All) yield return ReadyMade(test);
        yield return FromFile();
    }

    internal static Command ReadyMade(ReadyMadeTest test)
    {
        var players = new Option<int>("--players") { Description = "How many viewers.", HelpName = "N", DefaultValueFactory = _ => test.Players };
        players.Validators.Add(static r => Check(r, r.Tokens.Count == 0 || (int.TryParse(r.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 1_000_000), "--players is a number from 1 to 1000000."));
        var duration = DurationOption("--duration", "How long: 90s, 10m, 1h.", test.Duration);
        var seed = new Option<int>("--seed") { Description = "Draws everything that is random; the same seed is the same plan.", HelpName = "N", DefaultValueFactory = static _ => 1 };
        var traces = new Option<DirectoryInfo>("--traces") { Description = "Folder with traces of real lines (seconds,kbps).", HelpName = "DIR" };
        var common = new CommonOptions();
        var command = new Command(test.Name, test.Summary) { players, duration, seed, traces };
        common.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(parsed, common, () =>
        {
            var made = test.Of(new ReadyMadeSize(parsed.GetValue(players), parsed.GetValue(duration), parsed.GetValue(seed), parsed.GetValue(traces)?.FullName), knowsTitles: !common.HasTarget(parsed));
            return Task.FromResult((made, test.Origin));
        }, stop));
        return command;
    }

    private static Command FromFile()
    {
        var file = new Argument<FileInfo>("test.json") { Description = "The test; docs/load.md has the form." };
        var seed = new Option<int?>("--seed") { Description = "Instead of the file's.", HelpName = "N" };
        var common = new CommonOptions();
        var command = new Command("run", "Runs a test from a JSON file.") { file, seed };
        common.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(parsed, common, async () =>
        {
            var test = await TestFile.ReadAsync(parsed.GetValue(file)!, stop);
            // Titles of the stub begin with its names; everything else is taken for made-up titles, if the run starts the system at all.
            var isStub = test.Scenarios.All(static s => s.Audience is null || s.Audience.Titles.All(static t => t.StartsWith("/play/demo", StringComparison.Ordinal)));
            return (parsed.GetValue(seed) is { } given ? test with { Seed = given } : test, isStub ? OriginKind.Stub : OriginKind.Synthetic);
        }, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CommonOptions common, Func<Task<(LoadTest Test, OriginKind Origin)>> make, CancellationToken stop)
    {
        var errors = parsed.InvocationConfiguration.Error;
        try
        {
            var (test, origin) = await make();
            var options = common.Read(parsed, test, origin);
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(parsed.InvocationConfiguration.Output), Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
            // A log keeps a sentence on one line, however narrow a terminal would be.
            if (!console.Profile.Out.IsTerminal) console.Profile.Width = 400;
            var report = await new RealTimeRun(options, console, TimeProvider.System).PlayAsync(stop);
            await ReportFiles.WriteAsync(report, options, CancellationToken.None);
            ReportFiles.Tell(report, options, console);
            return report.HasPassed ? ExitCode.Passed : ExitCode.ThresholdFailed;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or FormatException or ArgumentException or Gateway.Configuration.WrongConfigurationException)
        {
            await errors.WriteLineAsync(refusal.Message);
            return ExitCode.WrongUse;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Stopped before it began.");
            return ExitCode.WrongUse;
        }
    }

    internal static Option<TimeSpan> DurationOption(string name, string description, TimeSpan preset) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => preset,
        CustomParser = result =>
        {
            if (DurationText.TryParse(result.Tokens[0].Value, out var duration)) return duration;
            result.AddError($"'{result.Tokens[0].Value}' is no duration. One looks like 90s, 10m or 00:01:30.");
            return preset;
        },
    };

    private static void Check(OptionResult result, bool isRight, string message)
    {
        if (!isRight) result.AddError(message);
    }
}
