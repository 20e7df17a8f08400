using System.Buffers;
using System.Globalization;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>Converts between the units of an MPD and .NET's.</summary>
internal static class MediaClock
{
    private static readonly SearchValues<char> Amount = SearchValues.Create("0123456789.");

    /// <summary>Longest time that is told; anything beyond is an encoder's error, and must not overflow.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365 * 200);

    /// <summary>Ticks of a media time; 128 bits in between, because epoch time in a fine timescale leaves 64.</summary>
    public static TimeSpan ToTime(long value, long timescale)
    {
        var ticks = (Int128)value * TimeSpan.TicksPerSecond / Math.Max(timescale, 1);
        return new TimeSpan((long)Int128.Clamp(ticks, -Longest.Ticks, Longest.Ticks));
    }

    /// <summary>Media time of a duration, rounded down.</summary>
    public static long ToUnits(TimeSpan time, long timescale)
    {
        var units = (Int128)time.Ticks * timescale / TimeSpan.TicksPerSecond;
        return (long)Int128.Clamp(units, long.MinValue / 4, long.MaxValue / 4);
    }

    /// <summary>One time behind another; null where either is not known.</summary>
    public static TimeSpan? Sum(TimeSpan? time, TimeSpan? more) =>
        time is { } a && more is { } b ? new TimeSpan((long)Int128.Clamp((Int128)a.Ticks + b.Ticks, -Longest.Ticks, Longest.Ticks)) : null;

    /// <summary>Reads an xs:duration, with years of 365 and months of 30 days, as no MPD has any.</summary>
    public static TimeSpan? ParseDuration(string? text)
    {
        var rest = text.AsSpan().Trim();
        var negative = rest.StartsWith("-");
        if (negative) rest = rest[1..];
        if (rest.Length < 3 || rest[0] != 'P') return null;
        rest = rest[1..];
        var seconds = 0m;
        var inTime = false;
        while (!rest.IsEmpty)
        {
            if (rest[0] == 'T')
            {
                inTime = true;
                rest = rest[1..];
                continue;
            }

            var unit = rest.IndexOfAnyExcept(Amount);
            if (unit <= 0 || !decimal.TryParse(rest[..unit], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)) return null;
            var each = (rest[unit], inTime) switch
            {
                ('Y', false) => 365 * 86400,
                ('M', false) => 30 * 86400,
                ('D', false) => 86400,
                ('H', true) => 3600,
                ('M', true) => 60,
                ('S', true) => 1,
                _ => 0,
            };
            if (each == 0 || amount > 1_000_000_000_000m) return null;
            seconds += amount * each;
            rest = rest[(unit + 1)..];
        }

        var ticks = Math.Min(seconds * TimeSpan.TicksPerSecond, Longest.Ticks);
        return new TimeSpan((long)(negative ? -ticks : ticks));
    }

    /// <summary>Reads an xs:dateTime; without a zone it is UTC.</summary>
    public static DateTimeOffset? ParseInstant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant : null;

    /// <summary>Adds without leaving the calendar.</summary>
    public static DateTimeOffset Add(DateTimeOffset instant, TimeSpan time)
    {
        if (time > DateTimeOffset.MaxValue - instant) return DateTimeOffset.MaxValue;
        return time < DateTimeOffset.MinValue - instant ? DateTimeOffset.MinValue : instant + time;
    }
}
