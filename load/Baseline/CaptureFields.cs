using System.Globalization;
using System.Text.Json;

namespace Gateway.Load.Baseline;

/// <summary>
/// Finds a field of a record wherever log shippers put it: at the top, or inside one of the objects that they wrap fields in. The nearest to the top counts.
/// Names are compared without case, underscores and hyphens, so that <c>total_to_audible_ms</c> is <c>totalToAudibleMs</c>.
/// </summary>
internal static class CaptureFields
{
    // Two wrappers inside each other are seen in practice (fields.timings, data.metrics); four leave room and bound the search.
    private const int MaxDepth = 4;

    private static readonly string[] s_wrappers = ["fields", "data", "payload", "attributes", "properties", "timings", "metrics"];

    /// <summary>The field as text: trimmed, not empty. The first of the names that is found counts, and only then the next.</summary>
    public static string? Text(JsonElement record, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Find(record, name, MaxDepth, AsText) is { } found) return found;
        }

        return null;
    }

    /// <summary>The field as a number; a string that holds one counts as well.</summary>
    public static double? Number(JsonElement record, string name) => Find(record, name, MaxDepth, AsNumber);

    private static T? Find<T>(JsonElement container, string name, int depth, Func<JsonElement, T?> read)
    {
        foreach (var field in container.EnumerateObject())
        {
            if (IsNamed(field.Name, name) && read(field.Value) is { } value) return value;
        }

        if (depth == 0) return default;
        foreach (var field in container.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.Object || !Array.Exists(s_wrappers, w => IsNamed(field.Name, w))) continue;
            if (Find(field.Value, name, depth - 1, read) is { } value) return value;
        }

        return default;
    }

    private static string? AsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 } text ? text : null;

    private static double? AsNumber(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number) return value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
        return value.ValueKind == JsonValueKind.String
            && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var told)
            && double.IsFinite(told)
            ? told
            : null;
    }

    private static bool IsNamed(string given, string name)
    {
        var at = 0;
        foreach (var letter in given)
        {
            if (letter is '_' or '-') continue;
            if (at == name.Length || char.ToUpperInvariant(letter) != char.ToUpperInvariant(name[at])) return false;
            at++;
        }

        return at == name.Length;
    }
}
