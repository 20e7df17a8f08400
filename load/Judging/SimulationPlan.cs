using Gateway.Rollout.Judging;

namespace Gateway.Load.Judging;

/// <summary>What is simulated.</summary>
internal sealed record SimulationPlan
{
    public required int Runs { get; init; }

    /// <summary>Most sessions of a run, both arms together.</summary>
    public int Sessions { get; init; } = 5000;

    public double Share { get; init; } = 0.5;

    public int Wave { get; init; } = 1;

    public double Alpha { get; init; } = 0.001;

    /// <summary>1 = the wave does nothing worse.</summary>
    public double Effect { get; init; } = 1;

    public ModelledEffect On { get; init; } = ModelledEffect.Stalls;

    /// <summary>With more than 1, users come again, and are dealt to an arm once.</summary>
    public int SessionsPerUser { get; init; } = 1;

    /// <summary>Whether sessions of users who were counted before are judged as well, which the judge makes no promise for.</summary>
    public bool CountRepeats { get; init; }

    /// <summary>Whether a run may also end by promotion, which is asked after every hundredth of it.</summary>
    public bool MayPromote { get; init; }

    public ulong Seed { get; init; } = 1;

    public int Threads { get; init; } = 2;

    public JudgePlan Judged => new() { Share = Share, Wave = Wave, Alpha = Alpha };

    /// <summary>The harm whose sessions are the events of a run; null where every session is one.</summary>
    public Harm? Event => On switch
    {
        ModelledEffect.Stalls or ModelledEffect.StallLength => Harm.Stalled,
        ModelledEffect.Create => Harm.CreateFailed,
        ModelledEffect.Handoff => Harm.HandoffLost,
        ModelledEffect.Interrupted => Harm.Interrupted,
        _ => null,
    };
}
