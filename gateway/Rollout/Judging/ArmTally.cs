namespace Gateway.Rollout.Judging;

/// <summary>What is known of one arm: whole numbers only, so that adding up two of them is exact and the order does not matter.</summary>
internal sealed class ArmTally
{
    private readonly long[] _harmed = new long[Enum.GetValues<Harm>().Length];

    /// <summary>Sessions that are judged.</summary>
    public long Sessions { get; internal set; }

    /// <summary>Further sessions of users who are counted already; not judged.</summary>
    public long Repeats { get; internal set; }

    /// <summary>Start-ups that timed out.</summary>
    public long Timeouts { get; internal set; }

    /// <summary>Start-ups that spent all tries.</summary>
    public long Exhausted { get; internal set; }

    /// <summary>Time to the first picture; one that never came is longer than all.</summary>
    public Histogram Startup { get; } = new(StartupScale.Bins);

    /// <summary>Share of each session's playing time that was stalls.</summary>
    public Histogram StallRatio { get; } = new(StallRatioScale.Bins);

    /// <summary>Judged sessions that suffered it.</summary>
    public long Harmed(Harm harm) => _harmed[(int)harm];

    internal void SetHarmed(Harm harm, long sessions) => _harmed[(int)harm] = sessions;

    public void Add(SessionOutcome outcome)
    {
        if (outcome.IsRepeat)
        {
            Repeats++;
            return;
        }

        Sessions++;
        for (var harm = 0; harm < _harmed.Length; harm++)
        {
            if (outcome.Has((Harm)harm)) _harmed[harm]++;
        }

        if (outcome.StartupTimedOut) Timeouts++;
        if (outcome.RetriesExhausted) Exhausted++;
        if (outcome.HasStartup) Startup.Add(outcome.HasStartupTime ? StartupScale.BinOf(outcome.StartupMs!.Value) : StartupScale.Never);
        StallRatio.Add(StallRatioScale.BinOf(outcome.StallRatio));
    }

    public void Merge(ArmTally other)
    {
        Sessions += other.Sessions;
        Repeats += other.Repeats;
        Timeouts += other.Timeouts;
        Exhausted += other.Exhausted;
        for (var harm = 0; harm < _harmed.Length; harm++) _harmed[harm] += other._harmed[harm];
        Startup.Merge(other.Startup);
        StallRatio.Merge(other.StallRatio);
    }
}
