using System.CommandLine;

namespace Gateway.Load.Baseline;

/// <summary><c>load -- baseline</c>: figures of start-ups from a capture of events, and their change from one capture to another.</summary>
internal static class BaselineCommand
{
    public static Command Create()
    {
        var input = new Option<FileInfo>("--input") { Description = "The capture: one JSON event a line.", HelpName = "capture.ndjson", Required = true };
        var label = new Option<string>("--label") { Description = "What to call it in the report.", HelpName = "name", DefaultValueFactory = static _ => "unlabeled" };
        var output = new Option<FileInfo>("--output") { Description = "Also write the report here; folders are created.", HelpName = "report.md" };
        var compareInput = new Option<FileInfo>("--compare-input") { Description = "A second capture, to be compared with the first.", HelpName = "wave.ndjson" };
        var compareLabel = new Option<string>("--compare-label") { Description = "What to call that one.", HelpName = "name", DefaultValueFactory = static _ => "comparison" };
        var command = new Command("baseline", "Start-up figures and gates of captured events, and the change from one capture to another.")
        {
            input, label, output, compareInput, compareLabel,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(compareLabel) is { Implicit: false } && result.GetResult(compareInput) is null) result.AddError("--compare-label needs --compare-input.");
        });
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                var first = await ReadAsync(parsed.GetValue(input)!, parsed.GetValue(label)!, stop);
                var report = parsed.GetValue(compareInput) is { } second
                    ? BaselineReport.Compare(first, await ReadAsync(second, parsed.GetValue(compareLabel)!, stop))
                    : BaselineReport.Of(first);
                await parsed.InvocationConfiguration.Output.WriteAsync(report.Text.AsMemory(), stop);
                if (parsed.GetValue(output) is { } file)
                {
                    file.Directory!.Create();
                    await File.WriteAllTextAsync(file.FullName, report.Text, stop);
                }

                return report.HasFailed ? ExitCode.ThresholdFailed : ExitCode.Passed;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }

    private static async Task<NamedCapture> ReadAsync(FileInfo file, string label, CancellationToken stop)
    {
        using var reader = file.OpenText();
        return new NamedCapture(label, file.ToString(), await CaptureReader.ReadAsync(reader, stop));
    }
}
