using System.Globalization;

namespace Gateway.Caching.Policy;

/// <summary>
/// The normalised form of an <c>Accept-Language</c> (RFC 9110 §12.5.4): languages by their weight, without regard to case and to the order of equals. Two fields with the same form select the
/// same representation (RFC 9111 §4.1 lets a cache normalise by the syntax of a field).
/// </summary>
internal static class LanguagePreference
{
    public const string Field = "Accept-Language";

    /// <summary>One spelling for all fields of the same meaning; null for an invalid field, which then matches only itself.</summary>
    public static string? Normalise(string value) => TryRead(value, out var languages) ? string.Join(',', languages.Select(Spell)) : null;

    /// <summary>The one language that is preferred to all others; null when several are, or any is accepted.</summary>
    public static string? First(string value)
    {
        if (!TryRead(value, out var languages) || languages.Count == 0) return null;
        var (tag, weight) = languages[0];
        return weight > 0 && tag != "*" && (languages.Count == 1 || languages[1].Weight < weight) ? tag : null;
    }

    private static bool TryRead(string value, out List<(string Tag, int Weight)> languages)
    {
        languages = [];
        if (value.Length > VaryKey.LongestNormalised) return false;
        foreach (var member in new FieldList(value))
        {
            var semicolon = member.IndexOf(';');
            var weight = 1000;
            if (semicolon >= 0 && !TryWeight(member[(semicolon + 1)..].Trim(" \t"), out weight)) return false;
            var tag = (semicolon < 0 ? member : member[..semicolon]).TrimEnd(" \t");
            if (tag.IsEmpty || tag.ContainsAny(" \t\"")) return false;
            languages.Add((tag.ToString().ToLowerInvariant(), weight));
        }

        languages.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : string.CompareOrdinal(a.Tag, b.Tag));
        return true;
    }

    /// <summary>Thousandths; a weight has three decimals at most (RFC 9110 §12.4.2).</summary>
    private static bool TryWeight(ReadOnlySpan<char> parameter, out int weight)
    {
        weight = 0;
        if (parameter.Length is < 3 or > 7 || parameter[0] is not ('q' or 'Q') || parameter[1] != '=') return false;
        if (!decimal.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) || q is < 0 or > 1) return false;
        weight = (int)(q * 1000);
        return true;
    }

    private static string Spell((string Tag, int Weight) language) =>
        language.Weight == 1000 ? language.Tag : string.Create(CultureInfo.InvariantCulture, $"{language.Tag};q=0.{language.Weight:D3}");
}
