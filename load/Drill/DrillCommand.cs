using System.CommandLine;
using Gateway.Load.Checks;
using Gateway.Load.Runs;

namespace Gateway.Load.Drill;

/// <summary><c>load -- drill return</c>: tries the way back to direct playback, and the way to segmented. <c>load -- drill kill</c> and others: <see cref="SystemDrills"/>.</summary>
internal static class DrillCommand
{
    public static Command Create()
    {
        var drills = new Command("drill", "Drills of operation.") { Return() };
        foreach (var drill in SystemDrills.All) drills.Add(RunCommands.ReadyMade(drill));
        return drills;
    }

    private static Command Return()
    {
        var target = CheckOptions.Target("Where players come: a gateway, or the balancer before several.");
        var key = CheckOptions.AdminKey();
        key.Required = true;
        var address = CheckOptions.AdminAddress();
        var token = CheckOptions.Token();
        var title = new Option<string[]>("--title") { Description = "Titles of the library, longer than 12 s; the second is the next in the queue; demo unless told.", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
        var source = new Option<string[]>("--source") { Description = "A title of another source class, by its cluster; once for each class.", HelpName = "CLUSTER=ID", AllowMultipleArgumentsPerToken = true };
        var node = new Option<Uri[]>("--node") { Description = "Address of each gateway with /metrics, where several stand behind the target; else the admin address.", HelpName = "URL", AllowMultipleArgumentsPerToken = true };
        var watch = new Option<double>("--watch") { Description = "Seconds for which handoffs are counted before the switch and after each.", HelpName = "S", DefaultValueFactory = static _ => 60 }
            .Within(0.1, 3600, "--watch is a number of seconds from 0.1 to 3600.");
        var play = new Option<double>("--play") { Description = "Seconds that each segmented session plays, with two seeks in them.", HelpName = "S", DefaultValueFactory = static _ => 3 }
            .Within(1, 60, "--play is a number of seconds from 1 to 60.");
        var json = new Option<FileInfo>("--json") { Description = "Write the lines here.", HelpName = "FILE" };
        var command = new Command("return", "Switches new sessions to direct and then to segmented playback, checks what plays in each, and puts the mode back: exit code 2 when a line fails. A pass is recorded at the gateway.")
        {
            target, key, address, token, title, source, node, watch, play, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(title) is { Length: > 8 }) result.AddError("--title is at most eight titles.");
            if (result.GetValue(source) is { } named && (named.Length > 8 || named.Any(static s => DrillTitle.Read(s) is null))) result.AddError("--source is CLUSTER=ID, at most eight of them.");
        });
        command.SetAction(async (parsed, stop) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var list = new Checklist(output);
            var url = parsed.GetRequiredValue(target);
            var admin = parsed.GetValue(address) ?? url;
            var options = new DrillOptions(url, admin, parsed.GetRequiredValue(key), TitlesOf(parsed.GetValue(title), parsed.GetValue(source)))
            {
                Token = parsed.GetValue(token),
                Nodes = parsed.GetValue(node) is { Length: > 0 } nodes ? nodes : [admin],
                Play = TimeSpan.FromSeconds(parsed.GetValue(play)),
                Watch = TimeSpan.FromSeconds(parsed.GetValue(watch)),
            };
            try
            {
                var began = TimeProvider.System.GetUtcNow();
                var drill = new ReturnDrill(options, list, TimeProvider.System);
                var hasReturned = await drill.RunAsync(stop);
                await list.SumUpAsync();
                if (parsed.GetValue(json) is { } file) await CheckReport.Of("drill return", url, began, list).WriteAsync(file, stop);
                if (list.HasFailed) return ExitCode.ThresholdFailed;
                if (hasReturned) await drill.RecordAsync(stop);
                await output.WriteLineAsync((hasReturned ? "Recorded at the gateway as passed." : "Not recorded: direct playback was not among what was checked.").AsMemory(), stop);
                return ExitCode.Passed;
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message.AsMemory(), CancellationToken.None);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static List<DrillTitle> TitlesOf(string[]? titles, string[]? sources) =>
    [
        .. (titles is { Length: > 0 } ? titles : ["demo"]).Select(static t => new DrillTitle(null, t)),
        .. (sources ?? []).Select(static s => DrillTitle.Read(s)!),
    ];
}
