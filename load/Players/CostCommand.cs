using System.CommandLine;
using System.Globalization;
using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary><c>load -- cost</c>: player-hours a minute in virtual time on this machine.</summary>
internal static class CostCommand
{
    public static Command Create()
    {
        var traces = new Option<DirectoryInfo>("--traces") { Description = "Folder of throughput traces (columns seconds and kbps).", HelpName = "folder", Required = true };
        var players = new Option<int>("--players") { Description = "Players of one hour for each set of rules.", HelpName = "number", DefaultValueFactory = static _ => 400 };
        var threads = new Option<int>("--threads") { Description = "Loops at the same time.", HelpName = "number", DefaultValueFactory = static _ => Environment.ProcessorCount };
        var least = new Option<double>("--least") { Description = "Fails when a set of rules reaches fewer player-hours a minute.", HelpName = "number", DefaultValueFactory = static _ => 5000 };
        var command = new Command("cost", "Measures what an hour of playing costs in virtual time: player-hours a minute for each set of rules.") { traces, players, threads, least };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(traces)!;
            if (!folder.Exists)
            {
                parsed.InvocationConfiguration.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"There is no folder '{folder}'."));
                return ExitCode.WrongUse;
            }

            var reached = VirtualCost.Measure(
                RateTrace.LoadFolder(folder.FullName),
                Enum.GetValues<RuleSet>(),
                Math.Max(parsed.GetValue(players), 1),
                Math.Clamp(parsed.GetValue(threads), 1, 64),
                TimeProvider.System,
                parsed.InvocationConfiguration.Output);
            return reached >= parsed.GetValue(least) ? ExitCode.Passed : ExitCode.ThresholdFailed;
        });
        return command;
    }
}
