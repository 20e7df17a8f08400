using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Load.Checks;

/// <summary>A list of checks as JSON, for a pipeline.</summary>
/// <param name="Verb">What made it: <c>contract</c>, <c>drill return</c>.</param>
/// <param name="Target">Base URL of the system.</param>
/// <param name="At">When it began.</param>
/// <param name="Passed">Lines that passed.</param>
/// <param name="Failed">Lines that failed.</param>
/// <param name="Skipped">Lines that could not be made.</param>
/// <param name="Checks">All lines in their order.</param>
internal sealed record CheckReport(string Verb, string Target, DateTimeOffset At, int Passed, int Failed, int Skipped, IReadOnlyList<CheckResult> Checks)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static CheckReport Of(string verb, Uri target, DateTimeOffset at, Checklist list) =>
        new(verb, target.GetLeftPart(UriPartial.Path), at, list.Count(CheckOutcome.Passed), list.Count(CheckOutcome.Failed), list.Count(CheckOutcome.Skipped), list.Results);

    public Task WriteAsync(FileInfo file, CancellationToken stop) => File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(this, s_json), stop);
}
