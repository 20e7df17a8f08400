using System.CommandLine;
using Gateway.Load.Checks;

namespace Gateway.Load.Contract;

/// <summary><c>load -- contract</c>: checks what a system promises to players and operators.</summary>
internal static class ContractCommand
{
    public static Command Create()
    {
        var target = CheckOptions.Target("Base URL of the system, where players come: https://media.example.com.");
        var title = new Option<string>("--title") { Description = "A title that is there as HLS and DASH, if --format says no less.", HelpName = "ID", DefaultValueFactory = static _ => "demo" };
        var format = new Option<string>("--format") { Description = "What the title is there as.", DefaultValueFactory = static _ => "both" };
        format.AcceptOnlyFromAmong("both", "hls", "dash");
        var token = CheckOptions.Token();
        var key = CheckOptions.AdminKey();
        var address = CheckOptions.AdminAddress();
        var origin = new Option<string>("--page-origin") { Description = "Web origin of the pages that play, where CORS is not open to all.", HelpName = "ORIGIN", DefaultValueFactory = static _ => "https://player.example" };
        var record = new Option<bool>("--record") { Description = "With --admin-key: when all passes, record it at the gateway, which opens the way out of stage 0." };
        var json = new Option<FileInfo>("--json") { Description = "Write the lines here.", HelpName = "FILE" };
        var command = new Command("contract", "Checks routes, fields, errors, manifests, segments, sessions and tickets of any system against the contract: exit code 2 when a line fails. Harmless to a system in use.")
        {
            target, title, format, token, key, address, origin, record, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(record) && string.IsNullOrEmpty(result.GetValue(key))) result.AddError("--record needs --admin-key.");
        });
        command.SetAction(async (parsed, stop) =>
        {
            var list = new Checklist(parsed.InvocationConfiguration.Output);
            var url = parsed.GetRequiredValue(target);
            var options = new ContractOptions(url, parsed.GetValue(title)!)
            {
                Formats = parsed.GetValue(format) is "both" or null ? ["hls", "dash"] : [parsed.GetValue(format)!],
                Token = parsed.GetValue(token),
                AdminKey = parsed.GetValue(key),
                AdminAddress = parsed.GetValue(address) ?? url,
                PageOrigin = parsed.GetValue(origin)!,
            };
            try
            {
                var began = TimeProvider.System.GetUtcNow();
                await new ContractRun(options, list, TimeProvider.System).RunAsync(stop);
                await list.SumUpAsync();
                if (parsed.GetValue(json) is { } file) await CheckReport.Of("contract", url, began, list).WriteAsync(file, stop);
                if (list.HasFailed) return ExitCode.ThresholdFailed;
                if (!parsed.GetValue(record)) return ExitCode.Passed;
                using var rollout = new RolloutAddress(options.AdminAddress, options.AdminKey!);
                await rollout.ChangeAsync(new { contractPassed = true, reason = $"load contract --target {url.Authority}" }, stop);
                await parsed.InvocationConfiguration.Output.WriteLineAsync("Recorded at the gateway as passed.".AsMemory(), stop);
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
}
