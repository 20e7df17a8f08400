using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Load.Judging;

/// <summary><c>load -- judge</c>: how often the judge of a roll-out reverts a harmless wave, and how soon a harmful one.</summary>
internal static class JudgeCommand
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static Command Create()
    {
        var aa = Number("--aa", "Runs in which the wave does nothing worse; looked at after every session.", 1000, 0, 1_000_000);
        var effect = new Option<double?>("--effect") { Description = "Also runs in which the wave is so many times worse.", HelpName = "X" };
        var on = new Option<ModelledEffect>("--on") { Description = "What it does worse.", DefaultValueFactory = static _ => ModelledEffect.Stalls };
        var runs = Number("--runs", "How many of those.", 1000, 1, 1_000_000);
        var share = new Option<double>("--share") { Description = "The wave's share of sessions, 0.01 to 0.99.", HelpName = "S", DefaultValueFactory = static _ => 0.5 }.Within(0.01, 0.99, "--share is a number from 0.01 to 0.99.");
        var wave = Number("--wave", "Which judged wave it is: each gets less of the false alarms than the one before.", 1, 1, 1000);
        var sessions = Number("--sessions", "Most sessions of a run.", 5000, 1, 10_000_000);
        var users = Number("--sessions-per-user", "Users who come again so often, and are dealt to an arm once.", 1, 1, 10_000);
        var repeats = new Option<bool>("--count-repeats") { Description = "Judge all their sessions, which the judge makes no promise for." };
        var promote = new Option<bool>("--promote") { Description = "Runs may end by promotion as well, asked after every hundredth." };
        var seed = Number("--seed", "The same seed is the same runs.", 1, 0, int.MaxValue);
        var threads = Number("--threads", "Threads that play runs.", 2, 1, 256);
        var json = new Option<FileInfo>("--json") { Description = "Also write the figures here.", HelpName = "FILE" };
        var command = new Command("judge", "Simulates the judge of a roll-out: reversions without cause, and events until one with cause.")
        {
            aa, effect, on, runs, share, wave, sessions, users, repeats, promote, seed, threads, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(effect) is { } given && !(given is > 0 and <= 10_000)) result.AddError("--effect is a factor above 0 and up to 10000.");
        });
        command.SetAction(async (parsed, stop) =>
        {
            var harmless = new SimulationPlan
            {
                Runs = parsed.GetValue(aa),
                Sessions = parsed.GetValue(sessions),
                Share = parsed.GetValue(share),
                Wave = parsed.GetValue(wave),
                On = parsed.GetValue(on),
                SessionsPerUser = parsed.GetValue(users),
                CountRepeats = parsed.GetValue(repeats),
                MayPromote = parsed.GetValue(promote),
                Seed = (ulong)parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
            };
            var output = parsed.InvocationConfiguration.Output;
            try
            {
                var report = new Dictionary<string, SimulationSummary>(StringComparer.Ordinal);
                var isKept = true;
                if (harmless.Runs > 0)
                {
                    var summary = report["aa"] = SimulationSummary.Of(harmless, JudgeSimulation.Play(harmless, stop));
                    isKept = summary.Reverted <= Math.Ceiling(harmless.Alpha * harmless.Runs);
                    await output.WriteAsync(SimulationText.OfAa(summary, harmless.Alpha).AsMemory(), stop);
                    if (harmless.MayPromote) await output.WriteAsync(SimulationText.OfPromotion(summary).AsMemory(), stop);
                }

                if (parsed.GetValue(effect) is { } factor)
                {
                    var harmful = harmless with { Runs = parsed.GetValue(runs), Effect = factor, Seed = harmless.Seed + 1 };
                    var summary = report["effect"] = SimulationSummary.Of(harmful, JudgeSimulation.Play(harmful, stop));
                    await output.WriteAsync(SimulationText.OfEffect(summary, harmful).AsMemory(), stop);
                    if (harmful.MayPromote) await output.WriteAsync(SimulationText.OfPromotion(summary).AsMemory(), stop);
                }

                if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(report, s_json), stop);
                return isKept ? ExitCode.Passed : ExitCode.ThresholdFailed;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("Stopped before all runs were played.");
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int preset, int from, int to)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => preset };
        option.Validators.Add(result =>
        {
            var isRight = result.Tokens.Count == 0 || (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to);
            if (!isRight) result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is a number from {from} to {to}."));
        });
        return option;
    }
}
