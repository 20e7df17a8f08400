using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>
/// An event as a client reported it: its name, and of its fields those that are plain: numbers, truth values, short texts.
/// </summary>
/// <remarks>
/// What a client sends is not trusted to be free of credentials. A text is kept only when it looks like prose: no <c>/</c>, <c>=</c> or
/// <c>?</c> (URLs, queries, cookies) and no word of more than 40 characters (tickets and tokens; a UUID has 36). A field whose name tells of a credential is dropped whatever it
/// holds, and so is a text with an authentication scheme. Fields that this log writes itself cannot be overwritten.
/// </remarks>
internal readonly record struct ClientEvent(string EventName, JsonElement Body, Correlation Correlation) : IGatewayEvent
{
    public const int MostFields = 32;
    public const int LongestFieldName = 64;
    public const int LongestText = 256;
    public const int LongestWord = 40;

    /// <summary>A double in full has 24 characters.</summary>
    public const int LongestNumber = 32;

    private static readonly SearchValues<char> Suspicious = SearchValues.Create("/=?\\");
    private static readonly string[] Reserved = ["ts", "event", "status", "latencyMs", "sessionId", "startupLoadId", "startupCorrelationId", "traceId", "reportedBy", "asset"];
    private static readonly SearchValues<string> NamesOfCredentials = SearchValues.Create(["token", "auth", "password", "secret", "cookie", "key", "ticket", "credential"], StringComparison.OrdinalIgnoreCase);
    private static readonly FrozenSet<string> Ours = new[] { "session.create", "session.end", "manifest.fetch", "segment.fetch" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly string[] OurFamilies = ["rollout.", "operator."];

    /// <summary>Whether an event of this name is written by the gateway alone, or records an operator's action; a client's event of that name would be mistaken for it.</summary>
    public static bool IsOurs(string name) => Ours.Contains(name) || Array.Exists(OurFamilies, family => name.StartsWith(family, StringComparison.OrdinalIgnoreCase));

    public JsonEncodedText Name => JsonEncodedText.Encode(EventName);

    /// <summary>Upstream's path of the manifest or file that the session was opened with; written without a query.</summary>
    public string? Path { get; init; }

    public EventStatus Status { get; init; }

    public TimeSpan? Latency => null;

    public void WriteFields(Utf8JsonWriter json)
    {
        json.Asset(Path).WriteString("reportedBy"u8, "client"u8);
        if (Body.ValueKind != JsonValueKind.Object) return;
        var written = 0;
        var seen = new HashSet<string>(Reserved, StringComparer.Ordinal);
        foreach (var field in Body.EnumerateObject())
        {
            if (written == MostFields) return;
            if (!IsFieldName(field.Name) || !seen.Add(field.Name)) continue;
            if (field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False || IsPlainNumber(field.Value))
            {
                json.WritePropertyName(field.Name);
                field.Value.WriteTo(json);
                written++;
            }
            else if (field.Value.ValueKind == JsonValueKind.String && field.Value.GetString() is { } text && IsPlain(text))
            {
                json.WriteString(field.Name, text);
                written++;
            }
        }
    }

    /// <summary>A number is written as the client spelled it, so its length is bounded; readers of the log take numbers for doubles.</summary>
    private static bool IsPlainNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && value.GetRawText().Length <= LongestNumber;

    internal static bool IsPlain(string text)
    {
        if (text.Length > LongestText || text.AsSpan().ContainsAny(Suspicious) || HasScheme(text)) return false;
        var word = 0;
        foreach (var c in text)
        {
            word = char.IsWhiteSpace(c) ? 0 : word + 1;
            if (word > LongestWord) return false;
        }

        return true;
    }

    /// <summary>"Bearer" is no word of prose; "basic" is one, and a scheme only where the text begins with it.</summary>
    private static bool HasScheme(string text) =>
        text.Contains("Bearer ", StringComparison.OrdinalIgnoreCase) || text.AsSpan().TrimStart().StartsWith("Basic ", StringComparison.OrdinalIgnoreCase);

    private static bool IsFieldName(string name)
    {
        if (name.Length is 0 or > LongestFieldName || name.AsSpan().ContainsAny(NamesOfCredentials)) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) return false;
        }

        return true;
    }
}
