using System.CommandLine;
using System.CommandLine.Parsing;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary><c>load -- wave</c>: raises a roll-out step by step, drives viewers through it, and turns back on a breach.</summary>
internal static class WaveCommand
{
    public static Command Create()
    {
        var stages = new Option<FileInfo[]>("--stages") { Description = "Plans of the waves, in their order: deploy/waves/*.json.", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true };
        var target = new Option<Uri>("--target") { Description = "Where viewers come: a gateway, or the balancer before several.", HelpName = "URL", Required = true, CustomParser = ReadUrl };
        var key = new Option<string>("--admin-key") { Description = "X-Admin-Key; for waves of engines.", HelpName = "KEY", DefaultValueFactory = static _ => "" };
        var socket = new Option<string>("--haproxy") { Description = "HAProxy's admin socket; for waves of versions.", HelpName = "PATH", DefaultValueFactory = static _ => "" };
        var report = new Option<FileInfo>("--report") { Description = "Write the verdicts here, as Markdown.", HelpName = "FILE" };
        var command = new Command("wave", "Raises a roll-out of engines or versions wave by wave, judges each, and turns back on a breach: exit code 2.") { stages, target, key, socket, report };
        command.SetAction(async (parsed, stop) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            try
            {
                WavePlan[] plans = [.. parsed.GetRequiredValue(stages).Select(WavePlan.Read)];
                var results = new List<WaveResult>();
                foreach (var plan in plans)
                {
                    using IWaveLever lever = plan.Kind == WaveKind.Engine
                        ? new EngineLever(plan, parsed.GetRequiredValue(target), parsed.GetValue(key)!)
                        : new VersionLever(plan, parsed.GetValue(socket)!);
                    var result = await new WaveRun(plan, lever, parsed.GetRequiredValue(target), results.Count + 1, TimeProvider.System).PlayAsync(stop);
                    results.Add(result);
                    await output.WriteLineAsync($"{result.Name}: {WaveReportText.Word(result.Decision)}. {result.Summary}".AsMemory(), stop);
                    if (result.Decision == Decision.Revert || (result.Decision == Decision.Hold && !plan.GoOnWhenHeld)) break;
                }

                if (parsed.GetValue(report) is { } file) await File.WriteAllTextAsync(file.FullName, WaveReportText.Of(results), stop);
                return results.Any(static r => r.Decision == Decision.Revert) ? ExitCode.ThresholdFailed : ExitCode.Passed;
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message.AsMemory(), stop);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static Uri? ReadUrl(ArgumentResult given)
    {
        if (Uri.TryCreate(given.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")) return url;
        given.AddError("--target is a URL such as http://127.0.0.1:8080.");
        return null;
    }
}
