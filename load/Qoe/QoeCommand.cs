using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Gateway.Load.Qoe;

/// <summary><c>load -- qoe</c>: what the gateway's levers do for each kind of player, over traces of real lines, in virtual time.</summary>
internal static class QoeCommand
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var options = new QoeOptions();
        var command = new Command("qoe", "What the gateway's levers do for players, over traces of real lines, in virtual time.");
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                if (options.WantsOriginFaults(parsed)) return await OriginFaults.OriginFaultsCommand.Create().Parse(options.OriginFaultsArguments(parsed)).InvokeAsync(parsed.InvocationConfiguration, stop);
                var rows = Play(options.Read(parsed), output);
                if (options.Json(parsed) is { } file) await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(rows, s_json), stop);
                return ExitCode.Passed;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or FormatException)
            {
                await errors.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static List<QoeRow> Play(QoePlan plan, TextWriter output)
    {
        var rows = new List<QoeRow>();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plan.Study.Sessions.Count} sessions of ten minutes for each line; factors of avoidable stall time with 90 % intervals over traces"));
        output.WriteLine(QoeText.Head);
        foreach (var kind in plan.Players)
        {
            foreach (var seconds in plan.SegmentSeconds)
            {
                var results = new QoeStudy(plan.Study).Play(kind, seconds, plan.Arms);
                for (var arm = -1; arm < plan.Arms.Count; arm++)
                {
                    var of = arm < 0 ? QoeArm.Alone : plan.Arms[arm];
                    Tell(QoeTable.Row(kind, seconds, arm, of.Name, of.IsAuto, results));
                    if (!plan.BySet) continue;
                    foreach (var group in results.GroupBy(static r => r.Session.Set, StringComparer.Ordinal)) Tell(QoeTable.Row(kind, seconds, arm, of.Name, of.IsAuto, [.. group], group.Key));
                }
            }
        }

        return rows;

        void Tell(QoeRow row)
        {
            rows.Add(row);
            output.WriteLine(QoeText.Line(row));
        }
    }
}
