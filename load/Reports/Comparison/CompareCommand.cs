using System.CommandLine;

namespace Gateway.Load.Reports.Comparison;

/// <summary><c>load -- compare a.json b.json</c>: is B better for viewers, by how much, how sure. Ends with 2 when B is worse beyond doubt.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var first = new Argument<FileInfo>("A.json") { Description = "The run to compare with." };
        var second = new Argument<FileInfo>("B.json") { Description = "The run that is judged." };
        var command = new Command("compare", "Is run B better for viewers than run A, by how much, and how sure is that.") { first, second };
        command.SetAction(async (parsed, stop) =>
        {
            var (a, b) = (parsed.GetValue(first)!, parsed.GetValue(second)!);
            try
            {
                var comparison = RunComparison.Of(await JsonReport.ReadAsync(a, stop), await JsonReport.ReadAsync(b, stop));
                await parsed.InvocationConfiguration.Output.WriteAsync(ComparisonText.Write(comparison, a.ToString(), b.ToString()).AsMemory(), stop);
                return comparison.IsWorse ? ExitCode.ThresholdFailed : ExitCode.Passed;
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.WrongUse;
            }
        });
        return command;
    }
}
