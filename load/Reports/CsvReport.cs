using System.Globalization;
using System.Text;

namespace Gateway.Load.Reports;

/// <summary>One line a player, for spreadsheets and notebooks; RFC 4180 with a head line.</summary>
internal static class CsvReport
{
    private static readonly (string Name, Func<PlayerRow, object?> Read)[] s_columns =
    [
        ("scenario", static r => r.Scenario), ("ordinal", static r => r.Ordinal), ("title", static r => r.Title), ("rules", static r => r.Rules),
        ("intended_s", static r => r.IntendedSeconds), ("startup_ms", static r => r.StartUpMs), ("waited_ms", static r => r.WaitedMs), ("failed", static r => r.Failed),
        ("left_early", static r => r.LeftEarly), ("stalls", static r => r.Stalls), ("stall_ms", static r => r.StallMs), ("played_ms", static r => r.PlayedMs),
        ("mean_kbps", static r => r.MeanKbps), ("switches", static r => r.Switches), ("live_latency_ms", static r => r.LiveLatencyMs), ("requests", static r => r.Requests),
        ("errors", static r => r.Errors), ("segments", static r => r.Segments), ("bytes", static r => r.Bytes), ("wasted_bytes", static r => r.WastedBytes),
        ("qoe", static r => Math.Round(LinearQoe.Of(r), 3)),
    ];

    public static string Write(RunReport report)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', s_columns.Select(static c => c.Name)).Append("\r\n");
        foreach (var row in report.Players) text.AppendJoin(',', s_columns.Select(c => Cell(c.Read(row)))).Append("\r\n");
        return text.ToString();
    }

    private static string Cell(object? value)
    {
        var text = value switch { null => "", bool told => told ? "1" : "0", IFormattable number => number.ToString(null, CultureInfo.InvariantCulture), _ => value.ToString()! };
        // A title is a path that somebody else may have made up: a spreadsheet must not take it for a formula.
        if (text.Length > 0 && text[0] is '=' or '@' or '\t') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
