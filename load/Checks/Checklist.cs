using System.Text.Json;

namespace Gateway.Load.Checks;

/// <summary>Makes checks one after the other and prints each as it ends. A check that breaks has failed, and the next one is made all the same.</summary>
internal sealed class Checklist(TextWriter output)
{
    private readonly List<CheckResult> _results = [];

    public IReadOnlyList<CheckResult> Results => _results;

    public bool HasFailed => _results.Exists(static r => r.Outcome == CheckOutcome.Failed);

    /// <param name="area">What it belongs to.</param>
    /// <param name="name">What should hold.</param>
    /// <param name="check">Says what is wrong; null when nothing is.</param>
    public async Task CheckAsync(string area, string name, Func<Task<string?>> check)
    {
        string? wrong;
        try
        {
            wrong = await check();
        }
        catch (Exception e) when (IsAnswer(e))
        {
            wrong = e is TaskCanceledException ? "no answer in time" : e.Message;
        }

        await TellAsync(new CheckResult(area, name, wrong is null ? CheckOutcome.Passed : CheckOutcome.Failed, wrong ?? ""));
    }

    /// <summary>A check that cannot be made here.</summary>
    public Task SkipAsync(string area, string name, string why) => TellAsync(new CheckResult(area, name, CheckOutcome.Skipped, why));

    /// <summary>The last line: how many of each.</summary>
    public Task SumUpAsync() => output.WriteLineAsync($"{Count(CheckOutcome.Passed)} passed, {Count(CheckOutcome.Failed)} failed, {Count(CheckOutcome.Skipped)} skipped");

    public int Count(CheckOutcome outcome) => _results.Count(r => r.Outcome == outcome);

    // What the system under test answers, however odd, is a finding and no error of the tester's.
    private static bool IsAnswer(Exception e) =>
        e is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or UriFormatException
        || (e is TaskCanceledException { InnerException: TimeoutException });

    private async Task TellAsync(CheckResult result)
    {
        _results.Add(result);
        var word = result.Outcome switch
        {
            CheckOutcome.Passed => "pass",
            CheckOutcome.Failed => "FAIL",
            _ => "skip",
        };
        await output.WriteLineAsync(result.Detail.Length == 0 ? $"{word}  {result.Area}: {result.Name}" : $"{word}  {result.Area}: {result.Name}: {result.Detail}");
    }
}
