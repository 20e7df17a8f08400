using System.Text.Json;

namespace Gateway.Load.Agreement;

/// <summary>Recordings in a file, one JSON object to a line: a new one is a new line in a diff.</summary>
internal static class RecordingFile
{
    public static IReadOnlyList<Recording> Read(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<Recording>(line, JsonSerializerOptions.Web)!)];

    /// <summary>Writes all anew, in a fixed order.</summary>
    public static void Write(string file, IEnumerable<Recording> recordings)
    {
        var lines = recordings.OrderBy(r => r.Player, StringComparer.Ordinal).ThenBy(r => r.Case.Trace, StringComparer.Ordinal).Select(r => JsonSerializer.Serialize(r, JsonSerializerOptions.Web));
        File.WriteAllText(file, string.Join('\n', lines) + "\n");
    }
}
