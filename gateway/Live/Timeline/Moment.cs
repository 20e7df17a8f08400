using System.Globalization;

namespace Gateway.Live.Timeline;

/// <summary>A moment of a stream: seconds from its beginning, or a time of day.</summary>
/// <param name="Seconds">From the beginning, or since 1970.</param>
/// <param name="IsOfDay">Which of the two.</param>
internal readonly record struct Moment(double Seconds, bool IsOfDay)
{
    /// <summary>No stream is as long, and no clock shows as little (2001-09-09).</summary>
    private const double FirstTimeOfDay = 1e9;

    private const double LastTimeOfDay = 1e11;

    public static Moment? Read(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return seconds < LastTimeOfDay ? new Moment(seconds, seconds >= FirstTimeOfDay) : null;
        return text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new Moment(time.ToUnixTimeMilliseconds() / 1000.0, true)
            : null;
    }

    /// <summary>The same in seconds from a stream's beginning.</summary>
    public double Within(DateTimeOffset beginsAt) => IsOfDay ? Seconds - (beginsAt.ToUnixTimeMilliseconds() / 1000.0) : Seconds;
}
