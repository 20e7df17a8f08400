using System.CommandLine;
using System.Text.Json;

namespace Gateway.Load.Qoe;

/// <summary>What <c>bounds</c> and <c>qoe</c> have in common: options, the file of their rows, and how they refuse.</summary>
internal static class QoeVerb
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="name">The verb.</param>
    /// <param name="description">For its help.</param>
    /// <param name="play">Plays a plan, and prints each row when it is there.</param>
    /// <param name="instead">Does something else where the options ask for it; null where they do not.</param>
    public static Command Create(string name, string description, Func<QoePlan, TextWriter, List<QoeRow>> play, Func<QoeOptions, ParseResult, CancellationToken, Task<int>?>? instead = null)
    {
        var options = new QoeOptions();
        var command = new Command(name, description);
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                if (instead?.Invoke(options, parsed, stop) is { } other) return await other;
                var rows = play(options.Read(parsed), parsed.InvocationConfiguration.Output);
                if (options.Json(parsed) is { } file) await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(rows, s_json), stop);
                return ExitCode.Passed;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or FormatException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }
}
