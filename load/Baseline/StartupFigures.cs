namespace Gateway.Load.Baseline;

/// <summary>
/// The figures of one capture. Both rates are over all start-up timelines, heard or not; the quantiles are over those that tell a time, a timed-out one included, since
/// leaving the worst out would flatter the rest.
/// </summary>
/// <param name="Samples">Start-up timelines.</param>
/// <param name="Timed">Of these, how many tell their time.</param>
/// <param name="P50Ms">Median time until something was heard; null when none tells it.</param>
/// <param name="P95Ms">95th percentile of the same.</param>
/// <param name="Timeouts">Start-ups that took longer than the player waited.</param>
/// <param name="Exhaustions">Start-ups that had spent their tries.</param>
internal sealed record StartupFigures(long Samples, long Timed, double? P50Ms, double? P95Ms, long Timeouts, long Exhaustions)
{
    /// <summary>0 to 1, and 0 without samples.</summary>
    public double TimeoutRate => Samples == 0 ? 0 : (double)Timeouts / Samples;

    /// <summary>0 or more; more than 1 where the capture misses the timelines of players that gave up.</summary>
    public double ExhaustionRate => Samples == 0 ? 0 : (double)Exhaustions / Samples;

    public static StartupFigures Of(Capture capture)
    {
        double[] times = [.. capture.Samples.Select(s => s.TotalToAudibleMs).OfType<double>().Order()];
        return new StartupFigures(
            capture.Samples.Count, times.Length, Quantile(times, 0.5), Quantile(times, 0.95), capture.Samples.Count(s => s.IsTimeout), capture.RetryExhaustions);
    }

    /// <summary>By linear interpolation between the two nearest ranks, the first value being the 0th and the last the 1st quantile.</summary>
    internal static double? Quantile(ReadOnlySpan<double> sorted, double quantile)
    {
        if (sorted.IsEmpty) return null;
        var position = (sorted.Length - 1) * quantile;
        var below = (int)position;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }
}
