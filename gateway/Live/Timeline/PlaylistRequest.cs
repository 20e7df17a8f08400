using System.Globalization;

namespace Gateway.Live.Timeline;

/// <summary>Which part of a stream a viewer wants: all of it, what lies between two moments, or what was live some time ago.</summary>
/// <param name="Start">Where it begins; null for the stream's beginning.</param>
/// <param name="End">Where it ends; null for open.</param>
/// <param name="Delay">How long after its listing an entry is shown.</param>
/// <param name="Skips">Whether the player asks for a delta update (<c>_HLS_skip</c>).</param>
internal sealed record PlaylistRequest(Moment? Start, Moment? End, TimeSpan Delay, bool Skips)
{
    /// <summary>Everything, at once.</summary>
    public static readonly PlaylistRequest Whole = new(null, null, TimeSpan.Zero, false);

    /// <summary>What is wrong with a query, for people.</summary>
    public const string Advice = "start and end are seconds from the stream's beginning, seconds since 1970, or times such as 2026-05-01T20:15:00Z, and end comes after start; delay is a number of seconds from 0 to 86400.";

    private const double LongestDelay = 86_400;

    private const int LongestQuery = 512;

    /// <summary>Whether the whole stream is wanted, as it is now.</summary>
    public bool IsWhole => Start is null && End is null && Delay == TimeSpan.Zero;

    /// <summary>Reads a query; parameters that it does not know are ignored. Null for a value that is none.</summary>
    /// <param name="query">Empty, or <c>?</c> and parameters.</param>
    public static PlaylistRequest? Read(string query)
    {
        if (query.Length <= 1) return Whole;
        if (query.Length > LongestQuery) return null;
        var read = Whole;
        foreach (var parameter in query[1..].Split('&'))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? parameter : parameter[..equals];
            var value = equals < 0 ? "" : Uri.UnescapeDataString(parameter[(equals + 1)..]);
            switch (name)
            {
                case "start" or "end":
                    if (Moment.Read(value) is not { } moment) return null;
                    read = name is "start" ? read with { Start = moment } : read with { End = moment };
                    break;
                case "delay":
                    if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var delay) || !(delay <= LongestDelay)) return null;
                    read = read with { Delay = TimeSpan.FromSeconds(delay) };
                    break;
                case "_HLS_skip":
                    read = read with { Skips = value is "YES" or "v2" };
                    break;
            }
        }

        return read.Start is { } from && read.End is { } to && from.IsOfDay == to.IsOfDay && to.Seconds <= from.Seconds ? null : read;
    }
}
