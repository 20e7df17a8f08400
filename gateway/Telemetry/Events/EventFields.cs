using System.Text.Json;

namespace Gateway.Telemetry.Events;

/// <summary>Writes one field, or nothing where the value is absent: a reader of the log never meets a null.</summary>
internal static class EventFields
{
    public static Utf8JsonWriter Field(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
        return json;
    }

    public static Utf8JsonWriter Field(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        return json;
    }

    /// <summary>Three decimals are a microsecond in milliseconds and a millimetre of film in seconds; what JSON cannot say is left out.</summary>
    public static Utf8JsonWriter Field(this Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, Math.Round(number, 3));
        return json;
    }

    /// <summary>Longest asset path that is written; a longer one is cut.</summary>
    public const int LongestAsset = 512;

    /// <summary>Writes upstream's path as an asset path: without the leading slash and without the query, which may hold a token.</summary>
    public static Utf8JsonWriter Asset(this Utf8JsonWriter json, string? path)
    {
        if (path is null) return json;
        var span = path.AsSpan();
        var end = span.IndexOfAny('?', '#');
        if (end >= 0) span = span[..end];
        if (span.StartsWith('/')) span = span[1..];
        json.WriteString("asset"u8, span.Length > LongestAsset ? span[..LongestAsset] : span);
        return json;
    }

    /// <summary>
    /// Writes only what stands between the last slash and the query: a path may hold a ticket and a query may hold a token, the name of a
    /// segment holds neither.
    /// </summary>
    public static Utf8JsonWriter LastPathSegment(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? path)
    {
        if (path is null) return json;
        var span = path.AsSpan();
        var end = span.IndexOfAny('?', '#');
        if (end >= 0) span = span[..end];
        json.WriteString(name, span[(span.LastIndexOf('/') + 1)..]);
        return json;
    }
}
