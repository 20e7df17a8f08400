using System.Globalization;
using System.Text.Json;

namespace Gateway.Sessions.Api;

/// <summary>
/// Reads the fields of a JSON object and collects all errors, each with the field's name. Unknown fields are
/// ignored. A client's input is never part of a message. The object comes from <see cref="Json.StrictJson"/>, so reading it never throws.
/// </summary>
internal sealed class FieldReader(JsonElement body)
{
    private readonly List<(string Field, string Error)> _errors = [];

    public IReadOnlyList<(string Field, string Error)> Errors => _errors;

    /// <summary>A text without control characters; null when it is absent.</summary>
    public string? Text(string name, int longest, bool required = false)
    {
        if (!TryGet(name, out var value))
        {
            if (required) _errors.Add((name, "is missing"));
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= longest && text.Length > 0 && !text.Any(char.IsControl)) return text;
        _errors.Add((name, $"is no text of 1 to {longest} characters without control characters"));
        return null;
    }

    /// <summary>A number of seconds, 0 or more; null when it is absent.</summary>
    public double? Seconds(string name, bool required = false)
    {
        if (!TryGet(name, out var value))
        {
            if (required) _errors.Add((name, "is missing"));
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is >= 0 and <= MaxSeconds) return number;
        _errors.Add((name, $"is no number of seconds from 0 to {MaxSeconds}"));
        return null;
    }

    /// <summary>A number between two others; null when it is absent.</summary>
    public double? Number(string name, double least, double most)
    {
        if (!TryGet(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most) return number;
        _errors.Add((name, string.Create(CultureInfo.InvariantCulture, $"is no number from {least} to {most}")));
        return null;
    }

    /// <summary>A whole number between two others; null when it is absent.</summary>
    public int? Whole(string name, int least, int most)
    {
        if (!TryGet(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most) return number;
        _errors.Add((name, string.Create(CultureInfo.InvariantCulture, $"is no whole number from {least} to {most}")));
        return null;
    }

    /// <summary>A list of texts without control characters; null when it is absent.</summary>
    public IReadOnlyList<string>? Texts(string name, int most, int longest)
    {
        if (!TryGet(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most
            && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String && e.GetString() is { Length: > 0 } text && text.Length <= longest && !text.Any(char.IsControl)))
            return [.. value.EnumerateArray().Select(e => e.GetString()!).Distinct(StringComparer.Ordinal)];
        _errors.Add((name, $"is no list of at most {most} texts of 1 to {longest} characters without control characters"));
        return null;
    }

    public bool? Flag(string name, bool required = false)
    {
        if (!TryGet(name, out var value))
        {
            if (required) _errors.Add((name, "is missing"));
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        _errors.Add((name, "is neither true nor false"));
        return null;
    }

    /// <summary>One of a closed set of values; null when it is absent.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> values)
        where T : struct
    {
        if (!TryGet(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String && values.TryGetValue(value.GetString()!, out var chosen)) return chosen;
        _errors.Add((name, $"is none of: {string.Join(", ", values.Keys)}"));
        return null;
    }

    public void Refuse(string name, string error) => _errors.Add((name, error));

    /// <summary>Ten days: longer than any recording, and small enough to be exact.</summary>
    private const int MaxSeconds = 10 * 24 * 3600;

    private bool TryGet(string name, out JsonElement value) => body.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
