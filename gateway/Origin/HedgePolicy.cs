namespace Gateway.Origin;

/// <summary>
/// When a second request is worth it. A request is late when it takes longer than almost all recent ones, and no later than four times the middle one: were the percentile alone to decide,
/// an origin of which one answer in ten hangs would make hanging usual. A client with a deep buffer can wait a little longer, which saves second requests. Pure functions.
/// </summary>
internal static class HedgePolicy
{
    /// <summary>Least limit that follows from the middle: ordinary scatter, a disk or a collection of garbage, is no lateness.</summary>
    private static readonly TimeSpan Scatter = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait that a deep buffer is worth: players judge their line by slow answers as well.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(1);

    /// <summary>How long the first request may take before there is a second one.</summary>
    /// <param name="median">Of the recent first-byte times.</param>
    /// <param name="p95">95th percentile of the same.</param>
    /// <param name="buffer">Media that the client has left to play; null when it does not tell.</param>
    /// <param name="least">Shortest wait.</param>
    public static TimeSpan After(TimeSpan median, TimeSpan p95, TimeSpan? buffer, TimeSpan least)
    {
        var late = Min(p95, Max(median * 4, Scatter));
        if (buffer is { } left) late = Max(late, Min(left / 4, MostPatience));
        return Max(late, least);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
