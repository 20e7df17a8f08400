using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>
/// The selecting fields of a response (RFC 9111 §4.1): those that its Vary names, with the values they had in the request that fetched it. Absent matches only absent.
/// White space around commas and several lines of one field are normalised away; nothing else is, for the meaning of a field is upstream's. Languages are the exception
/// (<see cref="LanguagePreference"/>): a response whose Content-Language is the one that a request prefers matches that request, too.
/// </summary>
internal sealed class VaryKey
{
    /// <summary>A longer value is compared as it came: nobody's browser sends one, and a hostile client's thousands of members are not worth the work.</summary>
    internal const int LongestNormalised = 2048;

    private readonly (string Name, string? Value)[] _selected;
    private readonly string? _language;

    private VaryKey((string Name, string? Value)[] selected, string? language = null)
    {
        _selected = selected;
        _language = language;
    }

    /// <summary>No selecting field: fits every request.</summary>
    public static VaryKey Any { get; } = new([]);

    /// <summary>The selecting fields with the values that they had; null where the request had none.</summary>
    public ReadOnlySpan<(string Name, string? Value)> Selected => _selected;

    /// <summary>The language that the response is in, where it tells requests apart.</summary>
    public string? Language => _language;

    /// <summary>The key that has this selection and language.</summary>
    public static VaryKey Restore((string Name, string? Value)[] selected, string? language) => selected.Length == 0 ? Any : new VaryKey(selected, language);

    /// <param name="isAnswer">The head is the response to this request: its language tells which other requests it fits.</param>
    public static VaryKey Of(ResponseHead head, ReadOnlySpan<HeaderLine> request, bool isAnswer = true)
    {
        if (head.Combined("Vary") is not { } vary) return Any;
        var selected = new List<(string, string?)>();
        foreach (var member in new FieldList(vary))
        {
            var name = member.ToString();
            selected.Add((name, ValueOf(name, request)));
        }

        return selected.Count == 0 ? Any : new VaryKey([.. selected], isAnswer ? LanguageOf(head) : null);
    }

    /// <summary><c>Vary: *</c>, wherever the star stands: the selecting fields are unknown.</summary>
    public static bool IsAny(ResponseHead head)
    {
        if (head.Combined("Vary") is not { } vary) return false;
        foreach (var member in new FieldList(vary))
        {
            if (member is "*") return true;
        }

        return false;
    }

    public bool Fits(ReadOnlySpan<HeaderLine> request)
    {
        foreach (var (name, value) in _selected)
        {
            if (!string.Equals(value, ValueOf(name, request), StringComparison.Ordinal) && !IsInLanguageFor(name, request)) return false;
        }

        return true;
    }

    /// <summary>Whether two responses were selected by the same values: the newer one replaces the older one.</summary>
    public bool IsSame(VaryKey other)
    {
        if (_selected.Length != other._selected.Length) return false;
        for (var i = 0; i < _selected.Length; i++)
        {
            if (!string.Equals(_selected[i].Name, other._selected[i].Name, StringComparison.OrdinalIgnoreCase)) return false;
            if (!string.Equals(_selected[i].Value, other._selected[i].Value, StringComparison.Ordinal)) return false;
        }

        return true;
    }

    private static string? LanguageOf(ResponseHead head) =>
        head.Combined("Content-Language") is { } language && !language.Contains(',') ? language.Trim(' ', '\t').ToLowerInvariant() : null;

    private static bool IsLanguage(string name) => string.Equals(name, LanguagePreference.Field, StringComparison.OrdinalIgnoreCase);

    private bool IsInLanguageFor(string name, ReadOnlySpan<HeaderLine> request) =>
        _language is not null && IsLanguage(name) && ValueOf(name, request) is { } wanted && string.Equals(LanguagePreference.First(wanted), _language, StringComparison.Ordinal);

    private static string? ValueOf(string name, ReadOnlySpan<HeaderLine> request)
    {
        string? all = null;
        foreach (ref readonly var field in request)
        {
            if (!field.Is(name)) continue;
            var value = Normalised(field.Value);
            all = all is null ? value : $"{all},{value}";
        }

        return all is not null && IsLanguage(name) ? LanguagePreference.Normalise(all) ?? all : all;
    }

    private static string Normalised(string value)
    {
        if (value.Length > LongestNormalised || !value.Contains(',')) return value.Trim(' ', '\t');
        var parts = new List<string>();
        foreach (var member in new FieldList(value)) parts.Add(member.ToString());
        return string.Join(',', parts);
    }
}
