using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>One player in the report: what a comparison of two runs draws from, since players and not requests are what chance hands out.</summary>
internal sealed record PlayerRow
{
    public required string Scenario { get; init; }

    /// <summary>Which of its scenario; the same one has the same plan in every run with the seed.</summary>
    public required long Ordinal { get; init; }

    public required string Title { get; init; }

    public required RuleSet Rules { get; init; }

    /// <summary>From the run's start to the player's intended one.</summary>
    public required double IntendedSeconds { get; init; }

    /// <summary>From the intended start to the first picture; null when it never came.</summary>
    public double? StartUpMs { get; init; }

    /// <summary>The same, or for one that never saw a picture the time it waited: at least so long.</summary>
    public required double WaitedMs { get; init; }

    /// <summary>Gave up, or had waited for a picture for longer than <see cref="Patience"/> when the run ended.</summary>
    public bool Failed { get; init; }

    /// <summary>Left by its own plan before the first picture.</summary>
    public bool LeftEarly { get; init; }

    /// <summary>Came so shortly before the end of the run that nothing can be said about its start.</summary>
    public bool CutOff { get; init; }

    public int Stalls { get; init; }

    public double StallMs { get; init; }

    /// <summary>Of that, the time in which the tester itself stood, so that what had come could not be shown.</summary>
    public double TesterStallMs { get; init; }

    public double PlayedMs { get; init; }

    public double MeanKbps { get; init; }

    public int Switches { get; init; }

    /// <summary>Sum of the changes of declared rate.</summary>
    public double SwitchedKbps { get; init; }

    /// <summary>Each seek's and zap's wait for the picture; those without end are told as negative, with the time that they lasted.</summary>
    public double[] SeekMs { get; init; } = [];

    public double? LiveLatencyMs { get; init; }

    public int Requests { get; init; }

    public int Errors { get; init; }

    public int Segments { get; init; }

    public long Bytes { get; init; }

    public long WastedBytes { get; init; }

    /// <summary>Who has waited this long when the run ends was not just too late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <param name="result">What the player went through.</param>
    /// <param name="ordinal">Which of its scenario it is.</param>
    /// <param name="hasStayed">Whether it ended by its plan, and not because the run did.</param>
    public static PlayerRow Of(PlayerResult result, long ordinal, bool hasStayed)
    {
        var hasStarted = result.StartUp is not null;
        var isFailed = result.LastPhase == PlayerPhase.Failed || (!hasStarted && !hasStayed && result.EndedAt - result.IntendedStart >= Patience);
        return new PlayerRow
        {
            Scenario = result.Scenario,
            Ordinal = ordinal,
            Title = result.Title,
            Rules = result.Rules,
            IntendedSeconds = Math.Round(result.IntendedStart.TotalSeconds, 3),
            StartUpMs = Milliseconds(result.StartUp),
            WaitedMs = Milliseconds(result.StartUp ?? (result.EndedAt - result.IntendedStart))!.Value,
            Failed = isFailed,
            LeftEarly = !hasStarted && !isFailed && hasStayed,
            CutOff = !hasStarted && !isFailed && !hasStayed,
            Stalls = result.StallCount,
            StallMs = Milliseconds(result.StallTime)!.Value,
            PlayedMs = Milliseconds(result.Played)!.Value,
            MeanKbps = Math.Round(result.MeanKbps, 1),
            Switches = result.SwitchesUp + result.SwitchesDown,
            SwitchedKbps = Math.Round(result.SwitchedKbps, 1),
            SeekMs = [.. result.Seeks.Select(s => Milliseconds(s.Duration) ?? -Math.Max(1, s.Waited.TotalMilliseconds))],
            LiveLatencyMs = Milliseconds(result.LiveLatency),
            Requests = result.Requests,
            Errors = result.Faults.IsDefaultOrEmpty ? 0 : result.Faults.Sum(),
            Segments = result.Segments,
            Bytes = result.Bytes,
            WastedBytes = result.WastedBytes,
        };
    }

    private static double? Milliseconds(TimeSpan? span) => span is { } told ? Math.Round(told.TotalMilliseconds, 3) : null;
}
