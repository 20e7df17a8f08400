using Gateway.Load.Reports;

namespace Gateway.Load.Pacing;

/// <summary>
/// How far the tester itself was behind its plan. Players start on time or they do not, and timers fire on time or they do not; both are measured, because a tester
/// that is late reports its own slowness as the system's. Not for several threads at once: each call under one lock of the caller's, or from one thread.
/// </summary>
internal sealed class Lateness(LatenessLimit limit)
{
    /// <summary>Actual minus intended start of each player, in microseconds.</summary>
    public ValueHistogram Starts { get; } = new();

    /// <summary>How late a timer came that was asked for at even distances, in microseconds: what every wait of a player may have been prolonged by.</summary>
    public ValueHistogram Timers { get; } = new();

    /// <summary>Players that were due and could not be started.</summary>
    public long Missed { get; private set; }

    public void Started(TimeSpan intended, TimeSpan actual) => Starts.Record(Microseconds(actual - intended));

    public void Ticked(TimeSpan due, TimeSpan actual) => Timers.Record(Microseconds(actual - due));

    public void CouldNotStart() => Missed++;

    /// <summary>Why the figures of the run are not to be believed; null when the tester kept up.</summary>
    public string? Failure()
    {
        if (Missed > 0) return $"{Missed} players were due and could not be started.";
        var starts = TimeSpan.FromMicroseconds(Starts.ValueAt(limit.Quantile));
        if (starts > limit.Starts) return Sentence("players started", starts, limit.Starts);
        var timers = TimeSpan.FromMicroseconds(Timers.ValueAt(limit.Quantile));
        return timers > limit.Timers ? Sentence("the tester's own timers came", timers, limit.Timers) : null;

        string Sentence(string what, TimeSpan was, TimeSpan allowed) => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The tester could not keep up: at the {limit.Quantile * 100:0.#}th percentile {what} {was.TotalMilliseconds:0} ms late (allowed: {allowed.TotalMilliseconds:0} ms).");
    }

    private static long Microseconds(TimeSpan span) => Math.Max(0, (long)span.TotalMicroseconds);
}
