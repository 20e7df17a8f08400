using System.Globalization;

namespace Gateway.Adaptation;

/// <summary>
/// Reads CMCD as a structured-field dictionary (RFC 9651 §3.2), leniently: unknown keys and unusable values are skipped one by one,
/// as CTA-5004 asks of servers. Reading never throws and is linear in the input.
/// </summary>
internal static class CmcdReader
{
    /// <summary>Most characters that are read, more than any player sends; longer input is ignored whole.</summary>
    public const int MaxLength = 8 * 1024;

    private const int HighestVersion = 2;
    private const int MaxNextObjects = 8;
    private const int MaxReference = 2048;

    /// <param name="text">The value of the query parameter <c>CMCD</c>, percent-decoded, or of the CMCD headers joined by commas.</param>
    /// <returns>Null when there is nothing to read, or the version is one that we do not know.</returns>
    public static CmcdReport? Read(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > MaxLength) return null;
        var report = new CmcdReport();
        while (!text.IsEmpty)
        {
            var member = CutMember(ref text).Trim(' ');
            var equals = member.IndexOf('=');
            var key = equals < 0 ? member : member[..equals];
            var value = equals < 0 ? "?1" : member[(equals + 1)..];
            if (key is "v" && Integer(value) is not (>= 1 and <= HighestVersion)) return null;
            report = Apply(report, key, value);
        }

        return report;
    }

    private static CmcdReport Apply(CmcdReport report, ReadOnlySpan<char> key, ReadOnlySpan<char> value) => key switch
    {
        "sid" => report with { SessionId = Text(value, 64) },
        "bl" => report with { BufferMs = Integer(value) },
        "dl" => report with { DeadlineMs = Integer(value) },
        "br" => report with { BitrateKbps = Integer(value) },
        "tb" => report with { TopBitrateKbps = Integer(value) },
        "d" => report with { DurationMs = Integer(value) },
        "mtp" => report with { ThroughputKbps = Integer(value) },
        "nor" => WithNext(report, value),
        "nrr" => report with { NextRange = Text(value, 64) },
        "ot" => report with { ObjectType = Token(value) },
        "sf" => report with { StreamingFormat = Token(value) },
        "sta" => report with { State = Token(value) },
        "pr" => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && double.IsFinite(rate) ? report with { PlaybackRate = rate } : report,
        "bs" => report with { BufferStarved = value is "?1" },
        "su" => report with { Startup = value is "?1" },
        _ => report,
    };

    /// <summary>Cuts up to the next comma that stands neither in a string nor in an inner list.</summary>
    private static ReadOnlySpan<char> CutMember(ref ReadOnlySpan<char> text)
    {
        var quoted = false;
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '(' when !quoted:
                    depth++;
                    break;
                case ')' when !quoted:
                    depth--;
                    break;
                case ',' when !quoted && depth <= 0:
                    var member = text[..i];
                    text = text[(i + 1)..];
                    return member;
            }
        }

        var last = text;
        text = default;
        return last;
    }

    /// <summary>An integer, or the first one of an inner list such as <c>(5000;v 320;a)</c>. No key has a negative value (CTA-5004 §3.2): a buffer of minus 24 days would be a stall of 24 days.</summary>
    private static int? Integer(ReadOnlySpan<char> value)
    {
        value = value.TrimStart("( ");
        var end = value.IndexOfAny("; )");
        if (end >= 0) value = value[..end];
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string? Token(ReadOnlySpan<char> value)
    {
        value = value.Trim('"');
        return value.Length is > 0 and <= 4 ? value.ToString() : null;
    }

    private static string? Text(ReadOnlySpan<char> value, int limit) =>
        value.Length >= 2 && value[0] == '"' && value[^1] == '"' && value.Length - 2 <= limit
            ? value[1..^1].ToString().Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
            : null;

    /// <summary>
    /// Version 1 has one string; version 2 an inner list of strings, each with its range as parameter <c>r</c>. Unknown parameters are skipped.
    /// </summary>
    private static CmcdReport WithNext(CmcdReport report, ReadOnlySpan<char> value)
    {
        var found = new List<NextObject>(1);
        while (found.Count < MaxNextObjects && TryCutString(ref value, out var reference))
        {
            var end = value.IndexOfAny(" )");
            var parameters = end < 0 ? value : value[..end];
            var range = parameters.IndexOf(";r=\"");
            string? bytes = null;
            if (range >= 0)
            {
                value = value[(range + 3)..];
                if (TryCutString(ref value, out var text)) bytes = text.ToString();
            }

            if (reference.Length is > 0 and <= MaxReference) found.Add(new NextObject(reference.ToString(), bytes));
        }

        return report with { Next = found };
    }

    private static bool TryCutString(ref ReadOnlySpan<char> value, out ReadOnlySpan<char> text)
    {
        text = default;
        var open = value.IndexOf('"');
        if (open < 0) return false;
        value = value[(open + 1)..];
        var close = value.IndexOf('"');
        if (close < 0) return false;
        text = value[..close];
        value = value[(close + 1)..];
        return true;
    }
}
