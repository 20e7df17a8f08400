using System.Globalization;

namespace Gateway.Load.Scenarios;

/// <summary>Durations as people type them: <c>90s</c>, <c>10m</c>, <c>1.5h</c>, <c>500ms</c>, or .NET's <c>00:01:30</c>.</summary>
internal static class DurationText
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        var (unit, length) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (TimeSpan.FromMilliseconds(1), 2),
            _ when text.EndsWith('s') => (TimeSpan.FromSeconds(1), 1),
            _ when text.EndsWith('m') => (TimeSpan.FromMinutes(1), 1),
            _ when text.EndsWith('h') => (TimeSpan.FromHours(1), 1),
            _ => (TimeSpan.Zero, 0),
        };
        if (length == 0) return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) && duration > TimeSpan.Zero;
        if (!double.TryParse(text[..^length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0 || number > 1e6) return false;
        duration = unit * number;
        return duration <= TimeSpan.FromDays(7);
    }
}
