using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Gateway.Telemetry.Events;

/// <summary>Correlates the events of one session and of one start-up. Never a metric label: its values are unbounded.</summary>
/// <param name="SessionId">Id of the playback session; not its ticket.</param>
/// <param name="StartupLoadId">The player's own number for this load; absent when what it sent was no number.</param>
/// <param name="StartupCorrelationId">The player's own id of this start-up, trimmed, at most 128 characters, no control characters.</param>
internal readonly record struct Correlation(string? SessionId, long? StartupLoadId = null, string? StartupCorrelationId = null)
{
    public const string LoadIdHeader = "x-segmented-startup-load-id";
    public const string CorrelationIdHeader = "x-segmented-startup-correlation-id";
    public const int LongestCorrelationId = 128;

    /// <summary>Reads both headers; costs two look-ups and no allocation when the client sends neither.</summary>
    public static Correlation From(IHeaderDictionary headers, string? sessionId) =>
        new(sessionId, LoadIdOf(headers[LoadIdHeader]), CorrelationIdOf(headers[CorrelationIdHeader]));

    /// <summary>The same correlation once the session is known.</summary>
    public Correlation Of(string sessionId) => this with { SessionId = sessionId };

    internal static long? LoadIdOf(StringValues values) =>
        values.Count > 0 && long.TryParse(values[0], NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    internal static string? CorrelationIdOf(StringValues values)
    {
        if (values.Count == 0 || string.IsNullOrWhiteSpace(values[0])) return null;
        var text = values[0].AsSpan().Trim();
        Span<char> kept = stackalloc char[LongestCorrelationId];
        var length = 0;
        foreach (var c in text)
        {
            if (char.IsControl(c)) continue;
            if (length == kept.Length) break;
            kept[length++] = c;
        }

        // Cutting between the halves of a surrogate pair would leave a character that is none.
        if (length > 0 && char.IsHighSurrogate(kept[length - 1])) length--;
        return length == 0 ? null : new string(kept[..length]);
    }
}
