using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Load.Runs;

namespace Gateway.Load.OriginFaults;

/// <summary><c>load -- origin-faults</c>: stall time straight at an origin that fails, against behind the gateway.</summary>
internal static class OriginFaultsCommand
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, IncludeFields = true };

    public static Command Create()
    {
        var viewers = new Option<int>("--players") { Description = "Viewers on each side, 7 to 490: a seventh of each kind.", HelpName = "N", DefaultValueFactory = static _ => 28 };
        var duration = RunCommands.DurationOption("--duration", "How long: 10m holds five deaths of each destination.", TimeSpan.FromMinutes(10));
        var seed = new Option<int>("--seed") { Description = "Draws the faults and the viewers.", HelpName = "N", DefaultValueFactory = static _ => 1 };
        var knobs = new Option<string[]>("--knob") { Description = "A knob of the gateway, as 'Gateway:Origin:Hedging=false'.", HelpName = "KEY=VALUE" };
        var calm = new Option<bool>("--calm") { Description = "Nothing fails: shows what stalls for the machine's own sake." };
        var json = new Option<FileInfo>("--json") { Description = "The figures.", HelpName = "FILE" };
        var command = new Command("origin-faults", "Two destinations that are late, cut bodies and die in turns: stall time straight at them, and behind the gateway.") { viewers, duration, seed, knobs, calm, json };
        command.SetAction(async (parsed, stop) =>
        {
            var plan = parsed.GetValue(calm) ? FaultPlan.Calm(parsed.GetValue(seed)) : new FaultPlan { Seed = parsed.GetValue(seed) };
            string[] given = [.. (parsed.GetValue(knobs) ?? []).Select(static k => k.StartsWith("--", StringComparison.Ordinal) ? k : $"--{k}")];
            try
            {
                var result = await new OriginFaultsRun(plan, Math.Clamp(parsed.GetValue(viewers), 7, 490), parsed.GetValue(duration), given, TimeProvider.System).PlayAsync(stop);
                Tell(result, parsed.InvocationConfiguration.Output);
                if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(result, s_json), CancellationToken.None);
                return result.HasPassed ? ExitCode.Passed : ExitCode.ThresholdFailed;
            }
            catch (Exception refusal) when (refusal is IOException or Gateway.Configuration.WrongConfigurationException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static void Tell(OriginFaultsResult result, TextWriter output)
    {
        output.WriteLine("players            stall s/h straight   behind    ratio   kbit/s straight   behind   gave up");
        foreach (var row in result.Rows)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Players,-16} {row.Straight.StallSecondsPerHour,20:0.0} {row.Behind.StallSecondsPerHour,8:0.0} {row.Ratio,8:0.000} {row.Straight.MeanKbps,17:0} {row.Behind.MeanKbps,8:0} {row.Straight.Failed,5}/{row.Behind.Failed}"));
        }

        output.WriteLine($"The gateway: {string.Join(", ", result.Levers.Select(static l => string.Create(CultureInfo.InvariantCulture, $"{l.Key} {l.Value}")))}.");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrong bytes behind: {result.Judged.Behind.WrongBytes}. The tester's timers were {result.TesterLatenessMs:0} ms late (p99). Wanted: for films at most {OriginFaultsResult.Wanted} of the stall time: {(result.HasPassed ? "reached" : "not reached")}."));
    }
}
