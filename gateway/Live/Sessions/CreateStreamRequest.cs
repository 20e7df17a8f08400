using System.Globalization;
using System.Text.Json;
using Gateway.Live.Keys;
using Gateway.Sessions.Api;

namespace Gateway.Live.Sessions;

/// <summary>Body of <c>POST /stream_sessions</c>; all of it may be left out.</summary>
/// <param name="Mode"><c>sbs</c> or <c>anaglyph</c>.</param>
/// <param name="Title">For people, at most 200 characters.</param>
/// <param name="ChunkDurationSec">Target duration, whole seconds.</param>
/// <param name="WindowSec">Length of a sliding window; 0 for a playlist that keeps everything.</param>
internal sealed record CreateStreamRequest(StreamMode Mode, string? Title, int? ChunkDurationSec, TimeSpan WindowSec)
{
    public static readonly CreateStreamRequest Default = new(StreamMode.SideBySide, null, null, TimeSpan.Zero);

    private const int LongestTitle = 200;
    private const int LongestChunk = 60;
    private const int LongestWindow = 86_400;

    /// <summary>What the issue of this feature rules out; asking for it fails clearly instead of being ignored.</summary>
    private static readonly string[] NotOffered = ["low_latency", "drm", "encryption"];

    public static CreateStreamRequest? Read(JsonElement body, out IReadOnlyList<(string Field, string Error)> errors)
    {
        var fields = new FieldReader(body);
        var mode = fields.Choice("mode", StreamModes.ByName) ?? StreamMode.SideBySide;
        var title = fields.Text("title", LongestTitle);
        var chunk = Whole(fields, "chunk_duration_sec", LongestChunk);
        var window = Whole(fields, "window_sec", LongestWindow) ?? 0;
        if (chunk == 0) fields.Refuse("chunk_duration_sec", "is no whole number of seconds from 1 to 60");
        if (window > 0 && window < 3 * (chunk ?? 1)) fields.Refuse("window_sec", "is shorter than three chunks");
        foreach (var name in NotOffered)
        {
            if (body.TryGetProperty(name, out var wanted) && wanted.ValueKind is not (JsonValueKind.False or JsonValueKind.Null)) fields.Refuse(name, "is not offered for live sessions");
        }

        errors = fields.Errors;
        return errors.Count > 0 ? null : new CreateStreamRequest(mode, title, chunk, TimeSpan.FromSeconds(window));
    }

    private static int? Whole(FieldReader fields, string name, int most)
    {
        if (fields.Seconds(name) is not { } seconds) return null;
        if (seconds <= most && seconds == Math.Floor(seconds)) return (int)seconds;
        fields.Refuse(name, string.Create(CultureInfo.InvariantCulture, $"is no whole number of seconds up to {most}"));
        return null;
    }
}
