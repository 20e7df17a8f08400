using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>
/// Turns lines of the event log into sentences for a person at a terminal: who started, who waits, what failed. What goes as it should is left out, what fails again and
/// again is told once and counted.
/// </summary>
/// <remarks>Not thread-safe: the writer of the log is its only user. What it remembers is bounded.</remarks>
internal sealed class EventSentences
{
    /// <summary>Viewers whose number is remembered; beyond them the counting begins anew.</summary>
    private const int MostViewers = 10_000;

    /// <summary>The same failure is told again after this many repetitions.</summary>
    private const int Repetitions = 100;

    private readonly Dictionary<string, Viewer> _viewers = [];
    private string _lastFailure = "";
    private int _repeated;

    /// <summary>Writes the sentences for some lines.</summary>
    /// <param name="lines">Whole lines of NDJSON.</param>
    /// <param name="to">Gets UTF-8 text, a line each; nothing when there is nothing to tell.</param>
    public void Write(ReadOnlySpan<byte> lines, IBufferWriter<byte> to)
    {
        foreach (var range in lines.Split((byte)'\n'))
        {
            var line = lines[range];
            if (line.IsEmpty) continue;
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var what = document.RootElement;
            if (Sentence(what) is { } sentence) Encoding.UTF8.GetBytes($"{Time(what)}  {Printable(sentence)}{Environment.NewLine}", to);
        }
    }

    private string? Sentence(JsonElement what) => Text(what, "event") switch
    {
        "session.create" => IsGood(what) ? $"{Who(what).Name} opens {Title(what)}" : Failure($"{Title(what)} was not opened: {Reason(what)}"),
        "player.startup_timeline" => Start(what),
        "player.rebuffer" => IsKnownOtherwise(what) ? null : $"{Who(what).Name} waits{At(what)}{From(what)}",
        "player.rebuffer_recovered" => IsKnownOtherwise(what) ? null : $"{Who(what).Name} goes on after {Seconds(what, "durationMs")}",
        "quality.switch" => $"{Who(what).Name} goes {Text(what, "direction")} from {Text(what, "from_profile") ?? Text(what, "fromProfile")} to {Text(what, "to_profile") ?? Text(what, "toProfile")}",
        "session.end" => $"{Who(what).Name} is gone after {Seconds(what, "durationMs")}, with {Number(what, "bufferingEvents") ?? 0:0} waits ({Reason(what)})",
        "segment.fetch" or "manifest.fetch" => IsGood(what) || Text(what, "reason") is null or "client_aborted" or "client_gone" ? null : Failure($"{Text(what, "asset")} failed for {Who(what).Name}: {Reason(what)}"),
        "operator.action" => $"{Text(what, "who")} did {Text(what, "what")} {Text(what, "target")}",
        { } name => IsGood(what) ? null : Failure($"{name}: {Reason(what)}"),
        null => null,
    };

    private string Start(JsonElement what)
    {
        var viewer = Who(what);
        viewer.TellsItself = true;
        var height = Number(what, "height");
        return Text(what, "outcome") is null or "audible"
            ? $"{viewer.Name} started {Title(what)}{(height > 0 ? $" in {height:0}p" : "")} after {Seconds(what, "totalToAudibleMs")}"
            : $"{viewer.Name} did not start {Title(what)}: {Text(what, "outcome")} after {Seconds(what, "totalToAudibleMs")}";
    }

    /// <summary>A player that tells of itself is heard, and its CMCD, which tells the same, is not.</summary>
    private bool IsKnownOtherwise(JsonElement what) => Text(what, "reportedBy") is null && Who(what).TellsItself;

    private string? Failure(string sentence)
    {
        if (sentence != _lastFailure)
        {
            _lastFailure = sentence;
            _repeated = 0;
            return sentence;
        }

        return ++_repeated % Repetitions == 0 ? $"{sentence} ({Repetitions} more)" : null;
    }

    private Viewer Who(JsonElement what)
    {
        var id = Text(what, "sessionId") ?? "";
        if (_viewers.TryGetValue(id, out var known)) return known;
        if (_viewers.Count == MostViewers) _viewers.Clear();
        var viewer = new Viewer(id.Length == 0 ? "somebody" : $"viewer {_viewers.Count + 1}");
        if (id.Length > 0) _viewers[id] = viewer;
        return viewer;
    }

    /// <summary>The folder of a title tells more than the name of its manifest, which is the same for all.</summary>
    private static string Title(JsonElement what)
    {
        var asset = Text(what, "asset") ?? "a title";
        var end = asset.LastIndexOf('/');
        return end > 0 ? asset[..end] : asset;
    }

    private static string At(JsonElement what) => Number(what, "positionSec") is { } seconds ? string.Create(CultureInfo.InvariantCulture, $" at {TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9)):h\\:mm\\:ss}") : "";

    private static string From(JsonElement what) => Text(what, "source") is { } source ? $"; its last segment came from {source}" : "";

    private static string Reason(JsonElement what) => Text(what, "reason") ?? "no reason told";

    private static bool IsGood(JsonElement what) => Text(what, "status") == "success";

    private static string Seconds(JsonElement what, string name) => string.Create(CultureInfo.InvariantCulture, $"{(Number(what, name) ?? 0) / 1000:0.0} s");

    private static string Time(JsonElement what) => Text(what, "ts") is { Length: >= 19 } time ? time[11..19] : "--:--:--";

    private static string? Text(JsonElement what, string name) => what.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement what, string name) => what.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    /// <summary>Clients word some of it: nothing of it may steer a terminal.</summary>
    private static string Printable(string text) => text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.AsSpan().ContainsAnyInRange('\x7f', '\x9f')
        ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))
        : text;

    private sealed class Viewer(string name)
    {
        public string Name { get; } = name;

        public bool TellsItself { get; set; }
    }
}
