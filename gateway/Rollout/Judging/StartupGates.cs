using System.Globalization;

namespace Gateway.Rollout.Judging;

/// <summary>The absolute limits of a wave's start-ups, which have to be kept before it may go on; a limit itself still passes. They stop promotion and revert nothing.</summary>
internal sealed record StartupGates
{
    public const int LeastSamples = 200;
    public const double LargestTimeoutRate = 0.02;
    public const double LargestExhaustionRate = 0.01;
    public const double LargestP95Ms = 2500;
    public const double LargestP50Ms = 1200;

    public int MinSamples { get; init; } = LeastSamples;

    public double MaxTimeoutRate { get; init; } = LargestTimeoutRate;

    public double MaxExhaustionRate { get; init; } = LargestExhaustionRate;

    public double MaxP95Ms { get; init; } = LargestP95Ms;

    public double MaxP50Ms { get; init; } = LargestP50Ms;

    /// <summary>Judges the wave's start-ups, in the order of risk.</summary>
    public IReadOnlyList<GateOutcome> Judge(ArmTally treatment)
    {
        var samples = treatment.Startup.Total;
        return
        [
            new GateOutcome("samples", samples, MinSamples, samples >= MinSamples, string.Create(CultureInfo.InvariantCulture, $"{samples} start-ups (at least {MinSamples})")),
            Rate("timeouts", "time-outs", treatment.Timeouts, samples, MaxTimeoutRate),
            Rate("retryExhaustion", "spent tries", treatment.Exhausted, samples, MaxExhaustionRate),
            Time("startupP95", 0.95, treatment.Startup, MaxP95Ms),
            Time("startupP50", 0.5, treatment.Startup, MaxP50Ms),
        ];
    }

    private static GateOutcome Rate(string name, string told, long count, long samples, double limit)
    {
        var rate = samples == 0 ? 0 : (double)count / samples;
        return new GateOutcome(name, rate, limit, samples > 0 && rate <= limit, string.Create(CultureInfo.InvariantCulture, $"{told} {rate * 100:0.00} % (at most {limit * 100:0.##} %)"));
    }

    private static GateOutcome Time(string name, double quantile, Histogram startup, double limit)
    {
        if (startup.Total == 0) return new GateOutcome(name, null, limit, false, string.Create(CultureInfo.InvariantCulture, $"p{quantile * 100:0} not known (at most {limit:0} ms)"));
        var bin = startup.BinOfRank((long)Math.Ceiling((quantile * startup.Total) - 1e-9));
        // A bin that holds the limit may hold values on either side of it; its lower end is then the benefit of the doubt, 4.4 % at most.
        var time = bin == StartupScale.BinOf(limit) ? limit : StartupScale.Milliseconds(bin);
        return new GateOutcome(name, double.IsFinite(time) ? time : null, limit, time <= limit, string.Create(CultureInfo.InvariantCulture, $"p{quantile * 100:0} {MetricText.Milliseconds(time)} (at most {limit:0} ms)"));
    }
}
