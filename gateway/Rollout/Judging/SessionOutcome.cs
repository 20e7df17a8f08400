namespace Gateway.Rollout.Judging;

/// <summary>
/// How one session went, told once when it has ended. The session is the unit: the stalls of one session come from one line and one cluster, and counting them one by
/// one would take a single bad line for evidence. Both arms have to be measured by the same code.
/// </summary>
internal sealed record SessionOutcome
{
    /// <summary>A start-up that takes longer has gone badly, whether or not it ends: the seed's limit for the 95th percentile, milliseconds.</summary>
    public const double SlowStartupMs = 2500;

    /// <summary>A stall counts from here on, milliseconds; shorter ones nobody takes for one.</summary>
    public const double NoticedStallMs = 500;

    public required Arm Arm { get; init; }

    /// <summary>The session could not be made, by no fault of the client.</summary>
    public bool CreateFailed { get; init; }

    /// <summary>No first picture or sound came.</summary>
    public bool StartupFailed { get; init; }

    /// <summary>It did not come within the page's patience.</summary>
    public bool StartupTimedOut { get; init; }

    /// <summary>The page has spent all tries of its start-up.</summary>
    public bool RetriesExhausted { get; init; }

    /// <summary>From the viewer's wish to the first picture or sound, milliseconds; null when it never came or is not known.</summary>
    public double? StartupMs { get; init; }

    /// <summary>The longest stall after the start, milliseconds.</summary>
    public double LongestStallMs { get; init; }

    /// <summary>All stalls after the start together, milliseconds.</summary>
    public double StallMs { get; init; }

    /// <summary>Time in which the picture moved, milliseconds.</summary>
    public double PlayedMs { get; init; }

    /// <summary>Playback that did not go on after a disruption: a handoff that failed, or a connection that was not made again.</summary>
    public bool HandoffLost { get; init; }

    /// <summary>A deploy ended or interrupted what was playing.</summary>
    public bool Interrupted { get; init; }

    /// <summary>
    /// Of a user of whom this wave has counted a session. Users are dealt to the arms, so the sessions of one hang together; repeats are counted and not judged, and
    /// no single account can weigh more than one session.
    /// </summary>
    public bool IsRepeat { get; init; }

    /// <summary>Share of the playing time in which the picture stood, 0–1; 0 where nothing played.</summary>
    public double StallRatio => Finite(StallMs) is var stalled and > 0 ? Math.Min(1, stalled / (stalled + Finite(PlayedMs))) : 0;

    /// <summary>Whether a start-up was tried at all: it has a time, or an ending without one.</summary>
    public bool HasStartup => HasStartupTime || StartupFailed || StartupTimedOut || RetriesExhausted;

    /// <summary>Whether its time can be used; what a page reports may be anything.</summary>
    public bool HasStartupTime => StartupMs is >= 0 and < double.PositiveInfinity;

    public bool Has(Harm harm) => harm switch
    {
        Harm.CreateFailed => CreateFailed,
        Harm.StartupBad => StartupFailed || StartupTimedOut || RetriesExhausted || (HasStartupTime && StartupMs > SlowStartupMs),
        Harm.Stalled => LongestStallMs > NoticedStallMs,
        Harm.HandoffLost => HandoffLost,
        Harm.Interrupted => Interrupted,
        _ => false,
    };

    private static double Finite(double milliseconds) => milliseconds is > 0 and < double.PositiveInfinity ? milliseconds : 0;
}
