using System.Buffers.Text;

namespace Gateway.Manifests.Hls;

/// <summary>Reads the numbers of tags the way players do: what follows the number is not looked at, and malformed text is no number.</summary>
internal static class HlsNumbers
{
    /// <summary>Two days: beyond any duration that a playlist can mean, and far from overflow when added up.</summary>
    private const long MostSeconds = 2L * 24 * 3600;

    /// <summary>Seconds as decimal number, in ticks; null when there is no number.</summary>
    public static long? Seconds(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\""u8);
        var negative = text.StartsWith("-"u8);
        if (negative) text = text[1..];
        var i = 0;
        long whole = 0;
        for (; i < text.Length && IsDigit(text[i]); i++) whole = Math.Min((whole * 10) + text[i] - '0', MostSeconds);
        var digits = i;
        var ticks = whole * TimeSpan.TicksPerSecond;
        if (i < text.Length && text[i] == '.')
        {
            var unit = TimeSpan.TicksPerSecond / 10;
            for (i++; i < text.Length && IsDigit(text[i]); i++, digits++, unit /= 10) ticks += (text[i] - '0') * unit;
        }

        if (digits == 0) return null;
        return negative ? -ticks : ticks;
    }

    /// <summary>A whole number of at least 0; null when there is none or it is too large.</summary>
    public static long? Whole(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text.TrimStart(" \t\""u8), out long value, out _) && value >= 0 ? value : null;

    /// <summary>Bytes and, behind an at sign, their offset, which is -1 when it is missing; null when there is no length.</summary>
    public static (long Length, long Offset)? Range(ReadOnlySpan<byte> text)
    {
        if (Whole(text) is not { } length) return null;
        var at = text.IndexOf((byte)'@');
        return (length, at < 0 ? -1 : Whole(text[(at + 1)..]) ?? -1);
    }

    /// <summary>
    /// An ISO 8601 date and time as packagers write them, with or without colon in the zone; without a zone it is UTC. Years so far off that
    /// adding media time could leave the calendar are nonsense.
    /// </summary>
    public static DateTimeOffset? Date(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\""u8);
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return null;
        if (!TwoDigits(text[..2], out var century) || !TwoDigits(text[2..4], out var year) || !TwoDigits(text[5..7], out var month)) return null;
        if (!TwoDigits(text[8..10], out var day) || !TwoDigits(text[11..13], out var hour) || !TwoDigits(text[14..16], out var minute)) return null;
        if (!TwoDigits(text[17..19], out var second)) return null;
        year += century * 100;
        if (year is < 1900 or > 4000 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59) return null;

        var rest = text[19..];
        long fraction = 0;
        if (rest.StartsWith("."u8) || rest.StartsWith(","u8))
        {
            var unit = TimeSpan.TicksPerSecond / 10;
            for (rest = rest[1..]; !rest.IsEmpty && IsDigit(rest[0]); rest = rest[1..], unit /= 10) fraction += (rest[0] - '0') * unit;
        }

        // A leap second is the instant after the 59th.
        var ticks = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Utc).Ticks
            + ((second - Math.Min(second, 59)) * TimeSpan.TicksPerSecond) + fraction - Zone(rest);
        return new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private static long Zone(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text[0] is not ((byte)'+' or (byte)'-') || !TwoDigits(text[1..3], out var hours)) return 0;
        var rest = text[3..].TrimStart((byte)':');
        if (rest.Length < 2 || !TwoDigits(rest[..2], out var minutes)) minutes = 0;
        var ticks = ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute;
        return text[0] == '-' ? -ticks : ticks;
    }

    private static bool TwoDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = ((text[0] - '0') * 10) + text[1] - '0';
        return IsDigit(text[0]) && IsDigit(text[1]);
    }

    private static bool IsDigit(byte b) => (uint)(b - '0') < 10;
}
