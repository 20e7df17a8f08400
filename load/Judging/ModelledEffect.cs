namespace Gateway.Load.Judging;

/// <summary>What the wave of a simulation does worse.</summary>
internal enum ModelledEffect
{
    /// <summary>The share of sessions with a stall, times the effect.</summary>
    Stalls,

    /// <summary>The length of stalls; no session more has one.</summary>
    StallLength,

    /// <summary>The time to the first picture.</summary>
    Startup,

    /// <summary>Time to the first picture of seven sessions in ten.</summary>
    MostStartups,

    Create,

    Handoff,

    Interrupted,
}
