using System.Globalization;
using System.Text.Json;

namespace Gateway.Load.Baseline;

/// <summary>
/// Reads a capture of events, one JSON object a line. A line may begin with what a logger put before the object. What is no JSON and what is no object is skipped and
/// counted, so that a truncated last line or a foreign log line does not stop the measurement. Lines beyond <see cref="LongestLine"/> count as no JSON.
/// </summary>
internal static class CaptureReader
{
    /// <summary>Characters. An event of the gateway has less than a thousand; what is longer than this is no line of events.</summary>
    public const int LongestLine = 1 << 20;

    private const string Prefix = "[SegmentedStreaming][Metric]";

    public static async Task<Capture> ReadAsync(TextReader lines, CancellationToken stop)
    {
        var capture = new Capture();
        await foreach (var line in new BoundedLines(lines, LongestLine).ReadAsync(stop))
        {
            if (line is null) capture.InvalidJson++;
            else if (Payload(line) is { Length: > 0 } json) Take(capture, json);
        }

        return capture;
    }

    // The prefix stands at the beginning of the message; time and level of the logger may stand before it.
    private static ReadOnlyMemory<char> Payload(string line)
    {
        var prefix = line.IndexOf(Prefix, StringComparison.Ordinal);
        var brace = line.IndexOf('{', StringComparison.Ordinal);
        var begin = prefix >= 0 && (brace < 0 || prefix < brace) ? prefix + Prefix.Length : 0;
        return line.AsMemory(begin).Trim();
    }

    private static void Take(Capture capture, ReadOnlyMemory<char> json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            capture.InvalidJson++;
            return;
        }

        using (document)
        {
            try
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object) Take(capture, document.RootElement);
                else capture.NonObjects++;
                capture.Parsed++;
            }
            catch (InvalidOperationException)
            {
                // Half of a surrogate pair as an escape: JSON's grammar lets it through, and no string can be made of it.
                capture.InvalidJson++;
            }
        }
    }

    private static void Take(Capture capture, JsonElement record)
    {
        if (Moment(record) is { } moment) capture.Saw(moment);
        switch (CaptureFields.Text(record, "event", "eventName", "type")?.ToUpperInvariant())
        {
            // These two alone are samples: other events have a status as well, and would thin out the rates.
            case "PLAYER.STARTUP_TIMELINE" or "SESSION.STARTUP_TIMELINE":
                capture.Samples.Add(new StartupSample(
                    CaptureFields.Number(record, "totalToAudibleMs"),
                    (CaptureFields.Text(record, "outcome", "startupOutcome", "status") ?? "").ToLowerInvariant(),
                    CaptureFields.Text(record, "engine")));
                break;
            case "SESSION.STARTUP_RETRY_EXHAUSTED":
                capture.RetryExhaustions++;
                break;
        }
    }

    private static DateTimeOffset? Moment(JsonElement record) =>
        CaptureFields.Text(record, "ts", "timestamp", "time") is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;
}
