using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Load.Reports;

/// <summary>The report as JSON: the form that <c>compare</c> reads again.</summary>
internal static class JsonReport
{
    // A hundred thousand players are some 50 MB; what is larger is no report.
    private const long LargestFile = 512L << 20;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Write(RunReport report) => JsonSerializer.Serialize(report, s_options);

    /// <exception cref="InvalidDataException">The file is no report of this form.</exception>
    public static async Task<RunReport> ReadAsync(FileInfo file, CancellationToken stop)
    {
        if (file.Exists && file.Length > LargestFile) throw new InvalidDataException($"{file}: larger than any report.");
        await using var stream = file.OpenRead();
        try
        {
            var report = await JsonSerializer.DeserializeAsync<RunReport>(stream, s_options, stop);
            return report is { Format: RunReport.FormatVersion }
                ? report
                : throw new InvalidDataException($"{file}: a report of form {report?.Format}, and this reads form {RunReport.FormatVersion}. Run the test again.");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{file}: no report of the load tester ({broken.Message})", broken);
        }
    }
}
