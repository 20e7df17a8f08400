namespace Gateway.Caching.Policy;

/// <summary>
/// Targeted cache control (RFC 9213): a structured-field dictionary (RFC 9651 §3.2) for gateways only. Parsing is strict, as the standard demands: one wrong
/// member and the whole field does not count; a known directive with a value of the wrong type is ignored alone.
/// </summary>
internal static class TargetedDirectives
{
    /// <summary>Targeted fields that this cache obeys, the most specific first.</summary>
    public static readonly string[] Names = ["StreamGateway-Cache-Control", "CDN-Cache-Control"];

    /// <summary>False when the value is not a valid dictionary, or an empty one.</summary>
    public static bool TryParse(string value, out CacheDirectives directives)
    {
        directives = new CacheDirectives();
        var text = value.AsSpan().Trim(' ');
        if (text.IsEmpty) return false;
        while (true)
        {
            if (!TryMember(ref text, directives)) return false;
            text = text.TrimStart(" \t");
            if (text.IsEmpty) return true;
            if (text[0] != ',') return false;
            text = text[1..].TrimStart(" \t");
            if (text.IsEmpty) return false;
        }
    }

    private static bool TryMember(ref ReadOnlySpan<char> text, CacheDirectives directives)
    {
        if (!TryKey(ref text, out var key)) return false;
        var kind = ItemKind.True;
        long number = 0;
        if (!text.IsEmpty && text[0] == '=')
        {
            text = text[1..];
            if (!TryItem(ref text, out kind, out number)) return false;
        }

        if (!TryParameters(ref text)) return false;
        var takesNumber = key is "max-age" or "s-maxage" or "stale-while-revalidate" or "stale-if-error";
        if (takesNumber && kind == ItemKind.Integer && number >= 0) directives.Take(key, Math.Min(number, CacheDirectives.MostSeconds));
        // Only Cache-Control's response directives count here; a list of field names after no-cache or private still means the directive.
        else if (!takesNumber && kind is ItemKind.True or ItemKind.String or ItemKind.Token) directives.Take(key, null);
        return true;
    }

    private static bool TryParameters(ref ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && text[0] == ';')
        {
            text = text[1..].TrimStart(' ');
            if (!TryKey(ref text, out _)) return false;
            if (text.IsEmpty || text[0] != '=') continue;
            text = text[1..];
            if (!TryItem(ref text, out _, out _)) return false;
        }

        return true;
    }

    /// <summary>Reads a key. It is lower case by the standard; upper case is accepted, as senders carry Cache-Control's habits over.</summary>
    private static bool TryKey(ref ReadOnlySpan<char> text, out string key)
    {
        key = string.Empty;
        if (text.IsEmpty || !(char.IsAsciiLetter(text[0]) || text[0] == '*')) return false;
        var end = 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.' or '*')) end++;
        key = text[..end].ToString().ToLowerInvariant();
        text = text[end..];
        return true;
    }

    private static bool TryItem(ref ReadOnlySpan<char> text, out ItemKind kind, out long number)
    {
        number = 0;
        kind = ItemKind.Other;
        if (text.IsEmpty) return false;
        switch (text[0])
        {
            case '"':
                kind = ItemKind.String;
                return TryString(ref text);
            case '?':
                if (text.Length < 2 || text[1] is not ('0' or '1')) return false;
                kind = text[1] == '1' ? ItemKind.True : ItemKind.Other;
                text = text[2..];
                return true;
            case ':':
                var close = text[1..].IndexOf(':');
                if (close < 0) return false;
                text = text[(close + 2)..];
                return true;
            case '-' or (>= '0' and <= '9'):
                return TryNumber(ref text, out kind, out number);
            case var c when char.IsAsciiLetter(c) || c == '*':
                kind = ItemKind.Token;
                var end = 1;
                while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || "!#$%&'*+-.^_`|~:/".Contains(text[end]))) end++;
                text = text[end..];
                return true;
            default:
                return false;
        }
    }

    private static bool TryString(ref ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                if (++i >= text.Length || text[i] is not ('"' or '\\')) return false;
            }
            else if (text[i] == '"')
            {
                text = text[(i + 1)..];
                return true;
            }
            else if (text[i] is < ' ' or > '~')
            {
                return false;
            }
        }

        return false;
    }

    private static bool TryNumber(ref ReadOnlySpan<char> text, out ItemKind kind, out long number)
    {
        kind = ItemKind.Integer;
        number = 0;
        var negative = text[0] == '-';
        var start = negative ? 1 : 0;
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) number = number * 10 + (text[end++] - '0');
        if (end == start || end - start > 15) return false;
        if (end < text.Length && text[end] == '.')
        {
            kind = ItemKind.Other;
            var fraction = end + 1;
            end = fraction;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end == fraction || end - fraction > 3) return false;
        }

        if (negative) number = -number;
        text = text[end..];
        return true;
    }

    private enum ItemKind
    {
        True,
        Integer,
        String,
        Token,
        Other,
    }
}
